"""Inputs of the mutations of hosts and their members."""

from __future__ import annotations

import strawberry

from graphql_api.opportunities.types import MembershipRole


@strawberry.input(description="Input of `createHost`.")
class CreateHostInput:
    """A new host."""

    organization_name: str = strawberry.field(description="Name of the organization, 2 to 200 characters.")
    website: str = strawberry.field(description="URL of the website, with https://; may be empty.", default="")
    description: str = strawberry.field(
        description="Description of what the host does, at most 5,000 characters.", default=""
    )
    zip_code: str = strawberry.field(
        description="ZIP code of the office, stored as five digits; may be empty.", default=""
    )


@strawberry.input(description="Input of `updateHost`. A field that is left out or null stays as it is.")
class UpdateHostInput:
    """Changes of a host's profile."""

    host_id: strawberry.ID = strawberry.field(description="ID of the host to change.")
    organization_name: str | None = strawberry.field(
        description="Name of the organization, 2 to 200 characters.", default=None
    )
    website: str | None = strawberry.field(description="URL of the website, with https://; may be empty.", default=None)
    description: str | None = strawberry.field(
        description="Description of what the host does, at most 5,000 characters.", default=None
    )
    zip_code: str | None = strawberry.field(
        description="ZIP code of the office, stored as five digits; may be empty.", default=None
    )


@strawberry.input(description="Input of `inviteHostMember`.")
class InviteHostMemberInput:
    """A person to invite."""

    host_id: strawberry.ID = strawberry.field(description="ID of the host to join.")
    email: str = strawberry.field(description="Email address to which the invitation is sent.")
    role: MembershipRole = strawberry.field(description="Role that the person gets in the host.")


@strawberry.input(description="Input of `acceptHostInvitation`.")
class AcceptHostInvitationInput:
    """An invitation to accept."""

    key: str = strawberry.field(description="Key from the invitation email.")


@strawberry.input(description="Input of `changeHostMemberRole`.")
class ChangeHostMemberRoleInput:
    """A new role for a member."""

    membership_id: strawberry.ID = strawberry.field(description="ID of the membership or the open invitation.")
    role: MembershipRole = strawberry.field(description="Role that the person gets in the host.")


@strawberry.input(description="Input of `removeHostMember`.")
class RemoveHostMemberInput:
    """A membership to end."""

    membership_id: strawberry.ID = strawberry.field(
        description="ID of the membership or the open invitation to remove."
    )
