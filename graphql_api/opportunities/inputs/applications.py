"""Inputs of the mutations of applications."""

from __future__ import annotations

import strawberry

from domains.opportunities.services.role_drafts import MAX_SKILLS_PER_ROLE
from graphql_api.checks.input_limits import list_field
from graphql_api.opportunities.types import ApplicationDecision


@strawberry.input(description="Input of `applyToRole`.")
class ApplyToRoleInput:
    """An application for a role."""

    role_id: strawberry.ID = strawberry.field(description="ID of the role to apply for.")
    cover_letter: str = strawberry.field(description="Cover letter to the host, at most 5,000 characters.", default="")
    join_waitlist: bool = strawberry.field(
        description="Whether to join the waitlist if every slot is taken. If false, applying for a full role is "
        "refused with FULL. If a slot is free, this field has no effect.",
        default=False,
    )


@strawberry.input(description="Input of `withdrawApplication`.")
class WithdrawApplicationInput:
    """An application to withdraw."""

    application_id: strawberry.ID = strawberry.field(description="ID of your application.")
    reason: str = strawberry.field(description="Reason for the host to read, at most 500 characters.", default="")


@strawberry.input(description="Input of `answerOffer`.")
class AnswerOfferInput:
    """The answer to an offered slot."""

    application_id: strawberry.ID = strawberry.field(description="ID of your application with the offer.")
    accept: bool = strawberry.field(description="True to take the slot; false to leave it to the next volunteer.")


@strawberry.input(description="Input of `decideApplication`.")
class DecideApplicationInput:
    """A coordinator's decision."""

    application_id: strawberry.ID = strawberry.field(description="ID of the application.")
    decision: ApplicationDecision = strawberry.field(description="Decision about the application.")
    note: str = strawberry.field(description="Note to the volunteer, at most 500 characters.", default="")
    accept_anyway: bool = strawberry.field(
        description=(
            "Whether ACCEPT overrides OVERLAPS, MISSING_SKILL, MISSING_COURSE and MISSING_VERIFICATION. The history "
            "records the override, and the volunteer and the host's coordinators are notified. Other decisions ignore "
            "this field."
        ),
        default=False,
    )


@strawberry.input(description="Input of `completeApplication`.")
class CompleteApplicationInput:
    """The result of an application after the opportunity has ended."""

    application_id: strawberry.ID = strawberry.field(description="ID of an application that is ACCEPTED.")
    attended: bool = strawberry.field(
        description="Whether the volunteer came; false ends the application as CANCELLED.", default=True
    )
    endorsed_skill_ids: list[strawberry.ID] = list_field(
        MAX_SKILLS_PER_ROLE,
        "IDs of the skills that the role develops and the volunteer has shown.",
        default_factory=list,
    )
