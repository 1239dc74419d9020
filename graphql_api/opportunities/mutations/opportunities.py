"""Acts on opportunities and their roles."""

from __future__ import annotations

import strawberry

from domains.opportunities import services
from graphql_api.context import Info, signed_in
from graphql_api.ids import known_or_nobody
from graphql_api.mutations import mutation
from graphql_api.opportunities.inputs.opportunities import CreateOpportunityInput, PublishOpportunityInput
from graphql_api.opportunities.types import Opportunity


@strawberry.type
class OpportunityMutations:
    """The root fields of opportunities."""

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
