"""Acts on opportunities and their roles."""

from __future__ import annotations

import strawberry

from domains.opportunities import services
from graphql_api.context import Info, signed_in
from graphql_api.mutations import mutation
from graphql_api.opportunities.inputs.opportunities import (
    CancelOpportunityInput,
    CloseOpportunityInput,
    CreateOpportunityInput,
    PublishOpportunityInput,
    UpdateOpportunityInput,
)
from graphql_api.opportunities.inputs.roles import AddRoleInput, UpdateRoleInput
from graphql_api.opportunities.types import Opportunity, Role
from graphql_api.relay.ids import known_or_nobody


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

    @mutation(description="Change an opportunity; those who hold a place are told of another time or place.")
    def update_opportunity(self, info: Info, input: UpdateOpportunityInput) -> Opportunity:
        """Call `services.update_opportunity`."""
        return services.update_opportunity(  # type: ignore[return-value]
            actor=signed_in(info),
            opportunity_id=known_or_nobody(input.opportunity_id, "Opportunity"),
            changes=input.changes(),
        )

    @mutation(description="Take no more applications; those there are stay. Again changes nothing.")
    def close_opportunity(self, info: Info, input: CloseOpportunityInput) -> Opportunity:
        """Call `services.close_opportunity`."""
        return services.close_opportunity(  # type: ignore[return-value]
            actor=signed_in(info),
            opportunity_id=known_or_nobody(input.opportunity_id, "Opportunity"),
            reason=input.reason,
        )

    @mutation(description="Call an opportunity off: every live application ends, and all who applied are told.")
    def cancel_opportunity(self, info: Info, input: CancelOpportunityInput) -> Opportunity:
        """Call `services.cancel_opportunity`."""
        return services.cancel_opportunity(  # type: ignore[return-value]
            actor=signed_in(info),
            opportunity_id=known_or_nobody(input.opportunity_id, "Opportunity"),
            reason=input.reason,
        )

    @mutation(description="Add a role to a draft or an open opportunity; only those who run the host may.")
    def add_role(self, info: Info, input: AddRoleInput) -> Role:
        """Call `services.add_role`."""
        return services.add_role(  # type: ignore[return-value]
            actor=signed_in(info),
            opportunity_id=known_or_nobody(input.opportunity_id, "Opportunity"),
            draft=input.draft(),
        )

    @mutation(description="Change a role; its places never go below those that are taken.")
    def update_role(self, info: Info, input: UpdateRoleInput) -> Role:
        """Call `services.update_role`."""
        return services.update_role(  # type: ignore[return-value]
            actor=signed_in(info), role_id=known_or_nobody(input.role_id, "Role"), changes=input.changes()
        )
