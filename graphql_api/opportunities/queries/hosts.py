"""Queries of hosts."""

from __future__ import annotations

from typing import Annotated

import strawberry
import strawberry_django
from django.db.models import QuerySet

from domains.opportunities import models, selectors
from graphql_api.context import Info, viewer_of
from graphql_api.opportunities.inputs.filters import HostFilter
from graphql_api.opportunities.types import OpportunityHost
from graphql_api.relay.connections import Connection
from graphql_api.relay.ids import known_or_nobody

Filters = Annotated[HostFilter | None, strawberry.argument(description="Filter; null lists all hosts.")]
HostId = Annotated[strawberry.ID, strawberry.argument(description="ID of the host.")]


@strawberry.type
class HostQueries:
    """Root fields of the queries."""

    @strawberry_django.connection(Connection[OpportunityHost], description="Hosts, ordered by name.")
    def hosts(self, info: Info, filters: Filters = None) -> QuerySet[models.OpportunityHost]:
        wanted = filters or HostFilter()
        return selectors.find_hosts(
            viewer=viewer_of(info),
            words=wanted.words(),
            zip_code=wanted.zip_code() or "",
            is_verified=wanted.is_verified,
        )

    @strawberry_django.field(
        graphql_type=OpportunityHost | None, description="The host with this ID; null if it does not exist."
    )
    def host(self, info: Info, id: HostId) -> QuerySet[models.OpportunityHost]:
        return selectors.find_host(host_id=known_or_nobody(id, "OpportunityHost"))
