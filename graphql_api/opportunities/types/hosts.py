"""Organisations as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import strawberry
import strawberry_django
from strawberry import relay

from domains.opportunities import models, selectors
from graphql_api.connections import Connection
from graphql_api.context import Info, viewer_of
from graphql_api.loaders import load
from graphql_api.nested import Nested
from graphql_api.rows import row_of

if TYPE_CHECKING:
    from graphql_api.opportunities.types.hours import HostImpact, HoursEntry


@strawberry_django.type(models.OpportunityHost, description="An organisation that offers opportunities.")
class OpportunityHost(relay.Node):
    """A host."""

    organization_name: str = strawberry_django.field(description="The organisation's name.")
    website: str = strawberry_django.field(description="Its website; empty if none was given.")
    description: str = strawberry_django.field(description="What it does; empty if it does not say.")
    zip_code: str = strawberry_django.field(description="The ZIP code of its office; empty if it does not say.")
    is_verified: bool = strawberry_django.field(description="Whether the community verified it.")
    created_at: datetime = strawberry_django.field(description="When it joined.")

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
