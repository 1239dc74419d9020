"""Acts on hosts, opportunities and applications."""

from __future__ import annotations

import strawberry

from domains.opportunities import services
from graphql_api.context import Info, signed_in
from graphql_api.ids import known_or_nobody
from graphql_api.mutations import mutation
from graphql_api.opportunities.inputs import (
    ApplyToRoleInput,
    CreateHostInput,
    CreateOpportunityInput,
    DecideApplicationInput,
    PublishOpportunityInput,
)
from graphql_api.opportunities.types import Application, Opportunity, OpportunityHost


@strawberry.type
class OpportunityMutations:
    """The root fields of opportunities."""

    @mutation(description="Found an organisation; you own it. Needs a login.")
    def create_host(self, info: Info, input: CreateHostInput) -> OpportunityHost:
        """Call `services.create_host`."""
        return services.create_host(  # type: ignore[return-value]
            actor=signed_in(info),
            organization_name=input.organization_name,
            website=input.website,
            description=input.description,
            zip_code=input.zip_code,
        )

    @mutation(description="Draft an opportunity with its roles; only those who run the host may, and see it.")
    def create_opportunity(self, info: Info, input: CreateOpportunityInput) -> Opportunity:
        """Call `services.create_opportunity`."""
        return services.create_opportunity(  # type: ignore[return-value]
            actor=signed_in(info), host_id=known_or_nobody(input.host_id, "OpportunityHost"), draft=input.draft()
        )

    @mutation(description="Open a draft to everybody; only those who run the host may.")
    def publish_opportunity(self, info: Info, input: PublishOpportunityInput) -> Opportunity:
        """Call `services.publish_opportunity`."""
        return services.publish_opportunity(  # type: ignore[return-value]
            actor=signed_in(info), opportunity_id=known_or_nobody(input.opportunity_id, "Opportunity")
        )

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
