"""Mutations of opportunities and their roles."""

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
    """Root fields of the mutations."""

    @mutation(
        Opportunity,
        description="Create an opportunity with its roles as a draft. Only the host's owners and coordinators may do "
        "this.",
    )
    def create_opportunity(self, info: Info, input: CreateOpportunityInput) -> object:
        return services.create_opportunity(
            actor=signed_in(info), host_id=known_or_nobody(input.host_id, "OpportunityHost"), draft=input.draft()
        )

    @mutation(
        Opportunity,
        description="Publish a draft, so that everyone can see it and apply. Only the host's owners and coordinators "
        "may do this.",
    )
    def publish_opportunity(self, info: Info, input: PublishOpportunityInput) -> object:
        return services.publish_opportunity(
            actor=signed_in(info), opportunity_id=known_or_nobody(input.opportunity_id, "Opportunity")
        )

    @mutation(
        Opportunity,
        description="Change an opportunity. Volunteers who hold a slot are notified of a new time or location. Only "
        "the host's owners and coordinators may do this.",
    )
    def update_opportunity(self, info: Info, input: UpdateOpportunityInput) -> object:
        return services.update_opportunity(
            actor=signed_in(info),
            opportunity_id=known_or_nobody(input.opportunity_id, "Opportunity"),
            changes=input.changes(),
        )

    @mutation(
        Opportunity,
        description="Close an opportunity to new applications. Existing applications stay. Repeating the call changes "
        "nothing. Only the host's owners and coordinators may do this.",
    )
    def close_opportunity(self, info: Info, input: CloseOpportunityInput) -> object:
        return services.close_opportunity(
            actor=signed_in(info),
            opportunity_id=known_or_nobody(input.opportunity_id, "Opportunity"),
            reason=input.reason,
        )

    @mutation(
        Opportunity,
        description="Cancel an opportunity. Every application that has not ended becomes CANCELLED, and its volunteer "
        "is notified. Only the host's owners and coordinators may do this.",
    )
    def cancel_opportunity(self, info: Info, input: CancelOpportunityInput) -> object:
        return services.cancel_opportunity(
            actor=signed_in(info),
            opportunity_id=known_or_nobody(input.opportunity_id, "Opportunity"),
            reason=input.reason,
        )

    @mutation(
        Role,
        description="Add a role to a draft or an open opportunity. Only the host's owners and coordinators may do "
        "this.",
    )
    def add_role(self, info: Info, input: AddRoleInput) -> object:
        return services.add_role(
            actor=signed_in(info),
            opportunity_id=known_or_nobody(input.opportunity_id, "Opportunity"),
            draft=input.draft(),
        )

    @mutation(
        Role,
        description="Change a role. It cannot have fewer slots than are taken. Only the host's owners and coordinators "
        "may do this.",
    )
    def update_role(self, info: Info, input: UpdateRoleInput) -> object:
        return services.update_role(
            actor=signed_in(info), role_id=known_or_nobody(input.role_id, "Role"), changes=input.changes()
        )
