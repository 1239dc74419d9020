"""What the acts on applications take."""

from __future__ import annotations

import strawberry

from graphql_api.opportunities.types import ApplicationDecision


@strawberry.input(description="What `applyToRole` takes.")
class ApplyToRoleInput:
    """A wish for a place."""

    role_id: strawberry.ID = strawberry.field(description="The role.")
    cover_letter: str = strawberry.field(description="Why you, at most 5,000 characters.", default="")
    join_waitlist: bool = strawberry.field(description="Wait in line if every place is taken.", default=False)


@strawberry.input(description="What `decideApplication` takes.")
class DecideApplicationInput:
    """A coordinator's decision."""

    application_id: strawberry.ID = strawberry.field(description="The application.")
    decision: ApplicationDecision = strawberry.field(description="What becomes of it.")
    note: str = strawberry.field(description="A word to the volunteer, at most 500 characters.", default="")
