"""Acts on organisations and their members."""

from __future__ import annotations

import strawberry

from domains.opportunities import services
from graphql_api.context import Info, signed_in
from graphql_api.mutations import mutation
from graphql_api.opportunities.inputs.hosts import CreateHostInput
from graphql_api.opportunities.types import OpportunityHost


@strawberry.type
class HostMutations:
    """The root fields of hosts."""

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
