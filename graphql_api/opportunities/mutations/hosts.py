"""Mutations of hosts and their members."""

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
    """Root fields of the mutations."""

    @mutation(
        OpportunityHost,
        description="Create a host and become its owner. Needs a login, a verified email address (otherwise "
        "EMAIL_NOT_VERIFIED) and the user type HOST or BOTH (otherwise FORBIDDEN).",
    )
    def create_host(self, info: Info, input: CreateHostInput) -> object:
        return services.create_host(
            actor=signed_in(info),
            organization_name=input.organization_name,
            website=input.website,
            description=input.description,
            zip_code=input.zip_code,
        )

    @mutation(
        OpportunityHost, description="Change the profile of a host. Only its owners and coordinators may do this."
    )
    def update_host(self, info: Info, input: UpdateHostInput) -> object:
        return services.update_host(
            actor=signed_in(info),
            host_id=known_or_nobody(input.host_id, "OpportunityHost"),
            organization_name=input.organization_name,
            website=input.website,
            description=input.description,
            zip_code=input.zip_code,
        )

    @mutation(
        HostMembership,
        description="Invite a person to a host by email. Only its owners may do this. Repeat the call to send another "
        "email or to change the role.",
    )
    def invite_host_member(self, info: Info, input: InviteHostMemberInput) -> object:
        return services.invite_host_member(
            actor=signed_in(info),
            host_id=known_or_nobody(input.host_id, "OpportunityHost"),
            email=input.email,
            role=input.role,
        )

    @mutation(
        HostMembership,
        description="Join a host with the key from the invitation, which was sent to your verified email address.",
    )
    def accept_host_invitation(self, info: Info, input: AcceptHostInvitationInput) -> object:
        return services.accept_host_invitation(actor=signed_in(info), key=input.key)

    @mutation(
        HostMembership,
        description="Change the role of a member or an open invitation. Only the host's owners may do this, and the "
        "last owner must stay an owner.",
    )
    def change_host_member_role(self, info: Info, input: ChangeHostMemberRoleInput) -> object:
        return services.change_host_member_role(
            actor=signed_in(info),
            membership_id=known_or_nobody(input.membership_id, "HostMembership"),
            role=input.role,
        )

    @mutation(
        OpportunityHost,
        description="Leave a host or decline an invitation. Owners can also remove other members and withdraw "
        "invitations. The last owner cannot be removed.",
    )
    def remove_host_member(self, info: Info, input: RemoveHostMemberInput) -> object:
        return services.remove_host_member(
            actor=signed_in(info), membership_id=known_or_nobody(input.membership_id, "HostMembership")
        )
