"""What the acts on organisations and their members take."""

from __future__ import annotations

import strawberry

from graphql_api.opportunities.types import MembershipRole


@strawberry.input(description="What `createHost` takes.")
class CreateHostInput:
    """A new organisation."""

    organization_name: str = strawberry.field(description="2 to 200 characters.")
    website: str = strawberry.field(description="Its address on the web, with https://.", default="")
    description: str = strawberry.field(description="What it does, at most 5,000 characters.", default="")
    zip_code: str = strawberry.field(description="ZIP code, kept as five digits.", default="")


@strawberry.input(description="What `updateHost` takes; what is left out or null stays as it is.")
class UpdateHostInput:
    """What an organisation says about itself from now on."""

    host_id: strawberry.ID = strawberry.field(description="The organisation.")
    organization_name: str | None = strawberry.field(description="2 to 200 characters.", default=None)
    website: str | None = strawberry.field(description="Its address, with https://; empty for none.", default=None)
    description: str | None = strawberry.field(description="What it does, at most 5,000 characters.", default=None)
    zip_code: str | None = strawberry.field(description="ZIP code, kept as five digits; empty for none.", default=None)


@strawberry.input(description="What `inviteHostMember` takes.")
class InviteHostMemberInput:
    """Somebody to ask."""

    host_id: strawberry.ID = strawberry.field(description="The organisation to join.")
    email: str = strawberry.field(description="The address that the invitation goes to.")
    role: MembershipRole = strawberry.field(description="What the person is to do.")


@strawberry.input(description="What `acceptHostInvitation` takes.")
class AcceptHostInvitationInput:
    """The answer to an invitation."""

    key: str = strawberry.field(description="The key from the mail.")


@strawberry.input(description="What `changeHostMemberRole` takes.")
class ChangeHostMemberRoleInput:
    """Another role for somebody."""

    membership_id: strawberry.ID = strawberry.field(description="The membership or invitation.")
    role: MembershipRole = strawberry.field(description="What the person is to do.")


@strawberry.input(description="What `removeHostMember` takes.")
class RemoveHostMemberInput:
    """Somebody who is to belong to the organisation no more."""

    membership_id: strawberry.ID = strawberry.field(description="The membership, yours or another's, or invitation.")
