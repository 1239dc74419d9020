"""What the acts on applications take."""

from __future__ import annotations

import strawberry

from domains.opportunities.services.role_drafts import MAX_SKILLS_PER_ROLE
from graphql_api.checks.input_limits import list_field
from graphql_api.opportunities.types import ApplicationDecision


@strawberry.input(description="What `applyToRole` takes.")
class ApplyToRoleInput:
    """A wish for a place."""

    role_id: strawberry.ID = strawberry.field(description="The role.")
    cover_letter: str = strawberry.field(description="Why you, at most 5,000 characters.", default="")
    join_waitlist: bool = strawberry.field(description="Wait in line if every place is taken.", default=False)


@strawberry.input(description="What `withdrawApplication` takes.")
class WithdrawApplicationInput:
    """An application to take back."""

    application_id: strawberry.ID = strawberry.field(description="The application, one of yours.")
    reason: str = strawberry.field(description="Why, for the host to read; at most 500 characters.", default="")


@strawberry.input(description="What `answerOffer` takes.")
class AnswerOfferInput:
    """The answer to an offered place."""

    application_id: strawberry.ID = strawberry.field(description="The application that the place is offered for.")
    accept: bool = strawberry.field(description="True to take the slot; false to leave it to the next on the waitlist.")


@strawberry.input(description="What `decideApplication` takes.")
class DecideApplicationInput:
    """A coordinator's decision."""

    application_id: strawberry.ID = strawberry.field(description="The application.")
    decision: ApplicationDecision = strawberry.field(description="What becomes of it.")
    note: str = strawberry.field(description="A word to the volunteer, at most 500 characters.", default="")
    accept_anyway: bool = strawberry.field(
        description=(
            "Let an ACCEPT pass over OVERLAPS, MISSING_SKILL, MISSING_COURSE and MISSING_VERIFICATION. The history "
            "says so, and the volunteer and the host's coordinators are notified. Other decisions ignore it."
        ),
        default=False,
    )


@strawberry.input(description="What `completeApplication` takes.")
class CompleteApplicationInput:
    """How it went, said once the opportunity is over."""

    application_id: strawberry.ID = strawberry.field(description="The application of somebody who had a place.")
    attended: bool = strawberry.field(
        description="Whether the volunteer came; false ends the application as CANCELLED.", default=True
    )
    endorsed_skill_ids: list[strawberry.ID] = list_field(
        MAX_SKILLS_PER_ROLE,
        "Which of the skills that the role develops the volunteer has shown.",
        default_factory=list,
    )
