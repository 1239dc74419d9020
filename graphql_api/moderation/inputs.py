"""What the mutations of moderation take."""

from __future__ import annotations

import strawberry

from graphql_api.moderation.types import ReportReason


@strawberry.input(description="What `reportContent` takes.")
class ReportContentInput:
    """What should not be here, and why."""

    subject_id: strawberry.ID = strawberry.field(
        description="What it is: a message, a conversation, a person, an organisation, an opportunity, an event …"
    )
    reason: ReportReason = strawberry.field(description="What is wrong with it.")
    details: str = strawberry.field(description="At most 2,000 characters; empty for none.", default="")
