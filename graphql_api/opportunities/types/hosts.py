"""GraphQL types of hosts and their members."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any

import strawberry
import strawberry_django
from django.db.models import QuerySet
from strawberry import relay

from domains.opportunities import models, selectors
from graphql_api.accounts.types import User
from graphql_api.context import Info, viewer_of
from graphql_api.relay.connections import Connection
from graphql_api.relay.enums import describe
from graphql_api.relay.later import later
from graphql_api.relay.loaders import load, load_rows
from graphql_api.relay.nested import Nested
from graphql_api.relay.rows import row_of

describe(
    models.MembershipRole,
    description="Role of a member of a host.",
    values={
        "OWNER": "The member manages everything, including the members.",
        "COORDINATOR": "The member manages opportunities and decides about applications.",
        "SCANNER": "The member checks people in at events.",
    },
)
MembershipRole = models.MembershipRole
describe(
    models.OpportunityStatus,
    description="Status of an opportunity.",
    values={
        "DRAFT": "The opportunity is not published. Only the host's owners, coordinators and authorized staff see it.",
        "OPEN": "The opportunity is published and takes applications until it ends: with `applyToRole`, or at "
        "`source.url` if its kind is EXTERNAL.",
        "CLOSED": "The opportunity takes no more applications, for example because its host closed it, it ended, or "
        "its listing disappeared. `closedReason` may say why. It can still be read.",
        "CANCELLED": "The opportunity does not take place. It can still be read.",
    },
)
OpportunityStatus = models.OpportunityStatus
WithStatus = Annotated[
    OpportunityStatus | None, strawberry.argument(description="Only opportunities with this status; null lists all.")
]


@strawberry_django.type(models.OpportunityHost, description="An organization that offers opportunities.")
class OpportunityHost(relay.Node):
    """A host and its members, opportunities and figures."""

    organization_name: str = strawberry_django.field(description="Name of the organization.")
    website: str = strawberry_django.field(description="URL of the host's website; may be empty.")
    description: str = strawberry_django.field(description="Description of what the host does; may be empty.")
    zip_code: str = strawberry_django.field(description="ZIP code of the host's office; may be empty.")
    is_verified: bool = strawberry_django.field(description="Whether staff have verified the host.")
    created_at: datetime = strawberry_django.field(description="Time the host was created.")

    @strawberry_django.field(
        graphql_type=list["HostMembership"],
        description="Members and open invitations of the host, oldest first. Only members and authorized staff see "
        "them; the list is empty for other viewers.",
        only=["id"],
    )
    async def members(self, info: Info) -> list[models.HostMembership]:
        """Load `selectors.find_members`, for all hosts in one batch."""
        rows = partial(selectors.find_members, viewer=viewer_of(info))
        return await load_rows(info, row_of(self, models.OpportunityHost).pk, rows, by="host_id")

    @strawberry_django.field(
        graphql_type="HostMembership | None",
        description="The viewer's membership, or the open invitation to the viewer's verified email address; null "
        "without either.",
        only=["id"],
    )
    async def my_membership(self, info: Info) -> models.HostMembership | None:
        """Load `selectors.find_own_memberships`, for all hosts in one batch."""
        rows = partial(selectors.find_own_memberships, viewer=viewer_of(info))
        own = await load_rows(info, row_of(self, models.OpportunityHost).pk, rows, by="host_id")
        return own[0] if own else None

    @strawberry_django.connection(
        later("Opportunity", "graphql_api.opportunities.types.opportunities", of=Connection),
        description="Opportunities of the host, latest start first. Unlike `Query.opportunities`, the list has "
        "opportunities of all statuses, also past ones. Only the host's owners, coordinators and authorized staff see "
        "drafts.",
        only=["id"],
    )
    async def opportunities(self, info: Info, status: WithStatus = None) -> Nested[models.Opportunity]:
        """Load `selectors.find_host_opportunities`, for all hosts in one batch."""
        rows = partial(selectors.find_host_opportunities, viewer=viewer_of(info), status=status)
        return Nested(rows, by="host", key=row_of(self, models.OpportunityHost).pk)

    @strawberry_django.field(
        graphql_type=later("HostImpact", "graphql_api.opportunities.types.hours") | None,
        description="Figures on the host's work. Only its owners, coordinators and authorized staff see them; null for "
        "other viewers.",
        only=["id"],
    )
    async def impact(self, info: Info) -> models.OpportunityHost | None:
        """Return the host's own row, from which `HostImpact` reads, if the viewer may see the figures."""
        host = row_of(self, models.OpportunityHost)
        find = lambda keys: selectors.find_hosts_with_figures(viewer=viewer_of(info), host_ids=keys)  # noqa: E731
        return host if await load(info, host.pk, find) else None

    @strawberry_django.connection(
        later("HoursEntry", "graphql_api.opportunities.types.hours", of=Connection),
        description="Hours that the viewer can review as an owner or coordinator, longest waiting first. The list is "
        "empty for other viewers.",
        only=["id"],
    )
    async def hours_to_review(self, info: Info) -> Nested[models.HoursEntry]:
        """Load `selectors.find_hours_to_review`, for all hosts in one batch."""
        rows = partial(selectors.find_hours_to_review, viewer=viewer_of(info))
        return Nested(rows, by=selectors.GroupBy.HOST.entry_lookup, key=row_of(self, models.OpportunityHost).pk)


@strawberry_django.type(
    models.HostMembership, description="A person's membership in a host, or an open invitation to it."
)
class HostMembership(relay.Node):
    """A membership or an open invitation."""

    role: MembershipRole = strawberry_django.field(description="Role of the member or the invited person.")
    user: User | None = strawberry_django.field(description="The member; null for an open invitation.")
    host: OpportunityHost = strawberry_django.field(description="Host that the membership belongs to.")
    invited_at: datetime | None = strawberry_django.field(
        description="Time the newest invitation was sent, whose key is valid for seven days; null for the founder."
    )
    accepted_at: datetime | None = strawberry_django.field(
        description="Time the person became a member; null for an open invitation."
    )

    @strawberry_django.field(
        description="Whether the person is a member; false for an open invitation.", only=["accepted_at"]
    )
    async def is_accepted(self) -> bool:
        """Return whether the invitation was accepted."""
        return row_of(self, models.HostMembership).accepted_at is not None

    @strawberry_django.field(
        description="Email address that is invited. Only the host's owners see it; null for other viewers and once the "
        "invitation is accepted.",
        only=["email", "accepted_at", "host_id"],
    )
    async def email(self, info: Info) -> str | None:
        """Load `selectors.find_owned_hosts`, for all invitations in one batch."""
        row = row_of(self, models.HostMembership)
        if row.accepted_at is not None:
            return None
        viewer = viewer_of(info)
        owns = await load(
            info, row.host_id, lambda keys: dict.fromkeys(selectors.find_owned_hosts(viewer=viewer, among=keys), True)
        )
        return row.email if owns else None

    @classmethod
    def get_queryset(cls, queryset: Any, info: Info, **kwargs: Any) -> QuerySet[models.HostMembership]:
        """Return the rows that the viewer may see."""
        return models.HostMembershipQuerySet.visible_to(queryset, viewer_of(info))
