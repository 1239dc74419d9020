"""Acts on organisations and their members."""

from __future__ import annotations

import strawberry

from domains.opportunities import services
from graphql_api.context import Info, signed_in
from graphql_api.mutations import mutation
from graphql_api.opportunities.inputs.hosts import (
    AcceptHostInvitationInput,
    ChangeHostMemberRoleInput,
    CreateHostInput,
    InviteHostMemberInput,
    RemoveHostMemberInput,
    UpdateHostInput,
)
from graphql_api.opportunities.types import HostMembership, OpportunityHost
from graphql_api.relay.ids import known_or_nobody


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

    @mutation(description="Change what an organisation says about itself; its owners and coordinators may.")
    def update_host(self, info: Info, input: UpdateHostInput) -> OpportunityHost:
        """Call `services.update_host`."""
        return services.update_host(  # type: ignore[return-value]
            actor=signed_in(info),
            host_id=known_or_nobody(input.host_id, "OpportunityHost"),
            organization_name=input.organization_name,
            website=input.website,
            description=input.description,
            zip_code=input.zip_code,
        )

    @mutation(description="Invite an address by mail; only owners may. Again, to send another mail or change the role.")
    def invite_host_member(self, info: Info, input: InviteHostMemberInput) -> HostMembership:
        """Call `services.invite_host_member`."""
        return services.invite_host_member(  # type: ignore[return-value]
            actor=signed_in(info),
            host_id=known_or_nobody(input.host_id, "OpportunityHost"),
            email=input.email,
            role=input.role,
        )

    @mutation(description="Join an organisation with the key from the mail, sent to your proved address.")
    def accept_host_invitation(self, info: Info, input: AcceptHostInvitationInput) -> HostMembership:
        """Call `services.accept_host_invitation`."""
        return services.accept_host_invitation(actor=signed_in(info), key=input.key)  # type: ignore[return-value]

    @mutation(description="Change what a member may do; only owners may, and one of them stays.")
    def change_host_member_role(self, info: Info, input: ChangeHostMemberRoleInput) -> HostMembership:
        """Call `services.change_host_member_role`."""
        return services.change_host_member_role(  # type: ignore[return-value]
            actor=signed_in(info),
            membership_id=known_or_nobody(input.membership_id, "HostMembership"),
            role=input.role,
        )

    @mutation(description="Leave, or as an owner remove somebody or take an invitation back; the last owner stays.")
    def remove_host_member(self, info: Info, input: RemoveHostMemberInput) -> OpportunityHost:
        """Call `services.remove_host_member`."""
        return services.remove_host_member(  # type: ignore[return-value]
            actor=signed_in(info), membership_id=known_or_nobody(input.membership_id, "HostMembership")
        )
