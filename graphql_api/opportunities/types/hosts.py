"""Organisations and their people as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
import strawberry_django
from django.db.models import QuerySet
from strawberry import relay

from domains.opportunities import models, selectors
from graphql_api.accounts.types import User
from graphql_api.context import Info, viewer_of
from graphql_api.relay.connections import Connection
from graphql_api.relay.enums import describe
from graphql_api.relay.loaders import load, load_rows
from graphql_api.relay.nested import Nested
from graphql_api.relay.rows import row_of

if TYPE_CHECKING:
    from graphql_api.opportunities.types.hours import HostImpact, HoursEntry
    from graphql_api.opportunities.types.opportunities import Opportunity

describe(
    models.MembershipRole,
    description="What a member of an organization may do.",
    values={
        "OWNER": "Decides about everything, members included.",
        "COORDINATOR": "Runs opportunities and decides about applications.",
        "SCANNER": "Checks people in at events.",
    },
)
MembershipRole = models.MembershipRole
describe(
    models.OpportunityStatus,
    description="Whether an opportunity takes applications.",
    values={
        "DRAFT": "Not published: only its host sees it.",
        "OPEN": "Takes applications.",
        "CLOSED": "Takes no more applications; it stays to be read.",
        "CANCELLED": "Does not take place; it stays to be read.",
    },
)
OpportunityStatus = models.OpportunityStatus
WithStatus = Annotated[OpportunityStatus | None, strawberry.argument(description="Only these; all if null.")]


@strawberry_django.type(models.OpportunityHost, description="An organisation that offers opportunities.")
class OpportunityHost(relay.Node):
    """A host."""

    organization_name: str = strawberry_django.field(description="The organisation's name.")
    website: str = strawberry_django.field(description="Its website; empty if none was given.")
    description: str = strawberry_django.field(description="What it does; empty if it does not say.")
    zip_code: str = strawberry_django.field(description="The ZIP code of its office; empty if it does not say.")
    is_verified: bool = strawberry_django.field(description="Whether the community verified it.")
    created_at: datetime = strawberry_django.field(description="When it joined.")

    @strawberry_django.field(
        description="Its members and open invitations, oldest first, for its members and staff; empty for others.",
        only=["id"],
    )
    async def members(self, info: Info) -> list[HostMembership]:
        """Ask `selectors.find_members`, for all the hosts at once."""
        rows = partial(selectors.find_members, viewer=viewer_of(info))
        return await load_rows(info, row_of(self, models.OpportunityHost).pk, rows, by="host_id")  # type: ignore[return-value]

    @strawberry_django.field(
        description="Your part in it, or the invitation to your proved address; null without either.", only=["id"]
    )
    async def my_membership(self, info: Info) -> HostMembership | None:
        """Ask `selectors.find_own_memberships`, for all the hosts at once."""
        rows = partial(selectors.find_own_memberships, viewer=viewer_of(info))
        own = await load_rows(info, row_of(self, models.OpportunityHost).pk, rows, by="host_id")
        return own[0] if own else None  # type: ignore[return-value]

    @strawberry_django.connection(
        Connection[Annotated["Opportunity", strawberry.lazy("graphql_api.opportunities.types.opportunities")]],
        description="What it offers and offered, the latest first; drafts are shown to those who run it.",
        only=["id"],
    )
    async def opportunities(
        self, info: Info, status: WithStatus = None
    ) -> Iterable[Annotated[Opportunity, strawberry.lazy("graphql_api.opportunities.types.opportunities")]]:
        """Ask `selectors.find_host_opportunities`, for all the hosts at once."""
        rows = partial(selectors.find_host_opportunities, viewer=viewer_of(info), status=status)
        return Nested(rows, by="host", key=row_of(self, models.OpportunityHost).pk)  # type: ignore[return-value]

    @strawberry_django.field(description="What came of its work; null for others than those who run it.", only=["id"])
    async def impact(
        self, info: Info
    ) -> Annotated[HostImpact, strawberry.lazy("graphql_api.opportunities.types.hours")] | None:
        """Show the figures, whose row is the host's, to those who run it and staff."""
        find = lambda keys: selectors.find_hosts_with_figures(viewer=viewer_of(info), host_ids=keys)  # noqa: E731
        return self if await load(info, row_of(self, models.OpportunityHost).pk, find) else None  # type: ignore[return-value]

    @strawberry_django.connection(
        Connection[Annotated["HoursEntry", strawberry.lazy("graphql_api.opportunities.types.hours")]],
        description="The hours that wait for your review, longest waiting first; empty for others.",
        only=["id"],
    )
    async def hours_to_review(
        self, info: Info
    ) -> Iterable[Annotated[HoursEntry, strawberry.lazy("graphql_api.opportunities.types.hours")]]:
        """Ask `selectors.find_hours_to_review`, for all the hosts at once."""
        rows = partial(selectors.find_hours_to_review, viewer=viewer_of(info))
        return Nested(rows, by=selectors.Whose.HOST.of_entry, key=row_of(self, models.OpportunityHost).pk)  # type: ignore[return-value]


@strawberry_django.type(models.HostMembership, description="A person's part in an organisation, or an invitation.")
class HostMembership(relay.Node):
    """A membership, as the members of the host see it."""

    role: MembershipRole = strawberry_django.field(description="What the person may do.")
    user: User | None = strawberry_django.field(description="The member; null for an open invitation.")
    host: OpportunityHost = strawberry_django.field(description="The organisation.")
    invited_at: datetime | None = strawberry_django.field(
        description="When the newest invitation was sent, whose key works for seven days; null for the founder."
    )
    accepted_at: datetime | None = strawberry_django.field(description="Since when the person is a member.")

    @strawberry_django.field(description="Whether it is a member; else an open invitation.", only=["accepted_at"])
    async def is_accepted(self) -> bool:
        """Tell members from those who are invited."""
        return row_of(self, models.HostMembership).accepted_at is not None

    @strawberry_django.field(
        description="The address that is invited, for the owners; null once it is accepted, and for others.",
        only=["email", "accepted_at", "host_id"],
    )
    async def email(self, info: Info) -> str | None:
        """Ask `selectors.find_owned_hosts`, for all the invitations at once."""
        row = row_of(self, models.HostMembership)
        if row.accepted_at is not None:
            return None
        viewer = viewer_of(info)
        owns = await load(
            info, row.host_id, lambda keys: dict.fromkeys(selectors.find_owned_hosts(viewer=viewer, among=keys), True)
        )
        return row.email if owns else None

    @classmethod
    def get_queryset(
        cls, queryset: QuerySet[models.HostMembership], info: Info, **kwargs: Any
    ) -> QuerySet[models.HostMembership]:
        """Everything that `visible_to` shows."""
        return models.HostMembershipQuerySet.visible_to(queryset, viewer_of(info))  # type: ignore[arg-type]
