"""Questions about organisations."""

from __future__ import annotations

from typing import Annotated

import strawberry
import strawberry_django

from domains.opportunities import selectors
from graphql_api.context import Info
from graphql_api.ids import known_or_nobody
from graphql_api.opportunities.types import OpportunityHost

HostId = Annotated[strawberry.ID, strawberry.argument(description="Its id.")]


@strawberry.type
class HostQueries:
    """The root fields of hosts."""

    @strawberry_django.field(description="One organisation; null where there is none.")
    def host(self, info: Info, id: HostId) -> OpportunityHost | None:
        """Ask `selectors.find_host`."""
        return selectors.find_host(host_id=known_or_nobody(id, "OpportunityHost"))  # type: ignore[return-value]
