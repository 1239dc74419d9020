"""Acts on applications."""

from __future__ import annotations

import strawberry

from domains.opportunities import services
from graphql_api.context import Info, signed_in
from graphql_api.ids import known_or_nobody
from graphql_api.mutations import mutation
from graphql_api.opportunities.inputs.applications import ApplyToRoleInput, DecideApplicationInput
from graphql_api.opportunities.types import Application


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

    @mutation(description="Decide about an application; only those who run the host may. Again changes nothing.")
    def decide_application(self, info: Info, input: DecideApplicationInput) -> Application:
        """Call `services.decide_application`."""
        return services.decide_application(  # type: ignore[return-value]
            actor=signed_in(info),
            application_id=known_or_nobody(input.application_id, "Application"),
            decision=input.decision,
            note=input.note,
        )
