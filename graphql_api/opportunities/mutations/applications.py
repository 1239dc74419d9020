"""Mutations of applications."""

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
    """Root fields of the mutations."""

    @mutation(
        Application,
        description="Apply for a role. Applying again returns the first application while it has not ended. Needs a "
        "login.",
    )
    def apply_to_role(self, info: Info, input: ApplyToRoleInput) -> object:
        return services.apply_to_role(
            actor=signed_in(info),
            role_id=known_or_nobody(input.role_id, "Role"),
            cover_letter=input.cover_letter,
            join_waitlist=input.join_waitlist,
        )

    @mutation(
        Application,
        description=(
            "Decide about an application. Only the host's owners and coordinators may decide. Repeating a decision "
            "changes nothing. ACCEPT checks whether the volunteer may hold the slot, as `applyToRole` does."
        ),
    )
    def decide_application(self, info: Info, input: DecideApplicationInput) -> object:
        return services.decide_application(
            actor=signed_in(info),
            application_id=known_or_nobody(input.application_id, "Application"),
            decision=input.decision,
            note=input.note,
            accept_anyway=input.accept_anyway,
        )

    @mutation(
        Application,
        description="Withdraw your application. A slot that you held is offered to the next volunteer on the waitlist.",
    )
    def withdraw_application(self, info: Info, input: WithdrawApplicationInput) -> object:
        return services.withdraw_application(
            actor=signed_in(info),
            application_id=known_or_nobody(input.application_id, "Application"),
            reason=input.reason,
        )

    @mutation(
        Application,
        description=(
            "Take the slot that you are offered, or leave it to the next volunteer on the waitlist. If the answer is "
            "refused with OVERLAPS, the slot also goes to the next volunteer and you keep your waitlist position. "
            "Other refusals leave the offer open until its deadline."
        ),
    )
    def answer_offer(self, info: Info, input: AnswerOfferInput) -> object:
        return services.answer_offer(
            actor=signed_in(info),
            application_id=known_or_nobody(input.application_id, "Application"),
            accept=input.accept,
        )

    @mutation(
        Application,
        description="Record, after the opportunity has ended, whether the volunteer came and which skills they "
        "learned. Only the host's owners and coordinators may do this.",
    )
    def complete_application(self, info: Info, input: CompleteApplicationInput) -> object:
        return services.complete_application(
            actor=signed_in(info),
            application_id=known_or_nobody(input.application_id, "Application"),
            attended=input.attended,
            endorsed_skill_ids=[known_or_nobody(one, "Skill") for one in input.endorsed_skill_ids],
        )
