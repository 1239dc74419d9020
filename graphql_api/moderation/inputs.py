"""Inputs of the moderation mutations."""

from __future__ import annotations

import strawberry

from graphql_api.moderation.types import ReportReason


@strawberry.input(description="Input of `reportContent`.")
class ReportContentInput:
    """The reported object, and the reason."""

    subject_id: strawberry.ID = strawberry.field(
        description="ID of the object to report: a user, host, opportunity, role, application, event (not in use "
        "yet), conversation, message or message attachment."
    )
    reason: ReportReason = strawberry.field(description="Reason for the report.")
    details: str = strawberry.field(
        description="Explanation for the staff, at most 2,000 characters; may be empty.", default=""
    )
