"""Questions about organisations."""

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

Filters = Annotated[HostFilter | None, strawberry.argument(description="Which to list; all if null.")]
HostId = Annotated[strawberry.ID, strawberry.argument(description="Its id.")]


@strawberry.type
class HostQueries:
    """The root fields of hosts."""

    @strawberry_django.connection(Connection[OpportunityHost], description="Organizations, by name.")
    def hosts(self, info: Info, filters: Filters = None) -> QuerySet[models.OpportunityHost]:
        """Ask `selectors.find_hosts`."""
        wanted = filters or HostFilter()
        return selectors.find_hosts(
            viewer=viewer_of(info),
            words=wanted.words(),
            zip_code=wanted.zip_code() or "",
            is_verified=wanted.is_verified,
        )

    @strawberry_django.field(description="One organisation; null where there is none.")
    def host(self, info: Info, id: HostId) -> OpportunityHost | None:
        """Ask `selectors.find_host`."""
        return selectors.find_host(host_id=known_or_nobody(id, "OpportunityHost"))  # type: ignore[return-value]
