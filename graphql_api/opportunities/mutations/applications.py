"""Acts on applications."""

from __future__ import annotations

import strawberry

from domains.opportunities import services
from graphql_api.context import Info, signed_in
from graphql_api.mutations import mutation
from graphql_api.opportunities.inputs.applications import (
    AnswerOfferInput,
    ApplyToRoleInput,
    CompleteApplicationInput,
    DecideApplicationInput,
    WithdrawApplicationInput,
)
from graphql_api.opportunities.types import Application
from graphql_api.relay.ids import known_or_nobody


@strawberry.type
class ApplicationMutations:
    """The root fields of applications."""

    @mutation(description="Apply for a place; applying again gives the first application. Needs a login.")
    def apply_to_role(self, info: Info, input: ApplyToRoleInput) -> Application:
        """Call `services.apply_to_role`."""
        return services.apply_to_role(  # type: ignore[return-value]
            actor=signed_in(info),
            role_id=known_or_nobody(input.role_id, "Role"),
            cover_letter=input.cover_letter,
            join_waitlist=input.join_waitlist,
        )

    @mutation(
        description=(
            "Decide about an application; only the host's owners and coordinators may. The same decision again changes "
            "nothing. An ACCEPT asks whether the volunteer may hold the slot, as `applyToRole` does."
        )
    )
    def decide_application(self, info: Info, input: DecideApplicationInput) -> Application:
        """Call `services.decide_application`."""
        return services.decide_application(  # type: ignore[return-value]
            actor=signed_in(info),
            application_id=known_or_nobody(input.application_id, "Application"),
            decision=input.decision,
            note=input.note,
            accept_anyway=input.accept_anyway,
        )

    @mutation(description="Take back an application of yours; a place you held goes to the next in line.")
    def withdraw_application(self, info: Info, input: WithdrawApplicationInput) -> Application:
        """Call `services.withdraw_application`."""
        return services.withdraw_application(  # type: ignore[return-value]
            actor=signed_in(info),
            application_id=known_or_nobody(input.application_id, "Application"),
            reason=input.reason,
        )

    @mutation(
        description=(
            "Take the slot you are offered, or leave it to the next on the waitlist. An offer refused with OVERLAPS "
            "goes to the next, too, and you keep your position; other refusals leave it until its deadline."
        )
    )
    def answer_offer(self, info: Info, input: AnswerOfferInput) -> Application:
        """Call `services.answer_offer`."""
        return services.answer_offer(  # type: ignore[return-value]
            actor=signed_in(info),
            application_id=known_or_nobody(input.application_id, "Application"),
            accept=input.accept,
        )

    @mutation(description="Say, once it is over, who came and what they learned; only those who run the host may.")
    def complete_application(self, info: Info, input: CompleteApplicationInput) -> Application:
        """Call `services.complete_application`."""
        return services.complete_application(  # type: ignore[return-value]
            actor=signed_in(info),
            application_id=known_or_nobody(input.application_id, "Application"),
            attended=input.attended,
            endorsed_skill_ids=[known_or_nobody(one, "Skill") for one in input.endorsed_skill_ids],
        )
