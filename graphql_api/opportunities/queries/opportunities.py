"""Queries of opportunities."""

from __future__ import annotations

from typing import Annotated

import strawberry
import strawberry_django
from django.db.models import QuerySet

from domains.opportunities import models, selectors
from graphql_api.checks.input_limits import at_most
from graphql_api.context import Info, viewer_of
from graphql_api.opportunities.inputs.filters import OpportunityFilter, OpportunityOrder
from graphql_api.opportunities.types import Cause, Opportunity
from graphql_api.relay.connections import Connection
from graphql_api.relay.ids import known_or_nobody

#: There are three fields to order by.
MAX_ORDERINGS = 5

Filters = Annotated[
    OpportunityFilter | None,
    strawberry.argument(description="Filter; null lists the opportunities that are OPEN and have not ended."),
]
Orderings = Annotated[
    list[OpportunityOrder] | None,
    strawberry.argument(
        description=f"Sort order, by default by start. At most {MAX_ORDERINGS}.", metadata=at_most(MAX_ORDERINGS)
    ),
]
OpportunityId = Annotated[strawberry.ID, strawberry.argument(description="ID of the opportunity.")]


@strawberry.type
class OpportunityQueries:
    """Root fields of the queries."""

    @strawberry_django.connection(Connection[Opportunity], description="Opportunities that match the filter.")
    def opportunities(
        self, info: Info, filters: Filters = None, ordering: Orderings = None
    ) -> QuerySet[models.Opportunity]:
        return selectors.find_opportunities(
            viewer=viewer_of(info),
            filters=(filters or OpportunityFilter()).filters(),
            ordering=[one.order() for one in ordering or ()],
        )

    @strawberry_django.connection(Connection[Cause], description="All causes, ordered by name.")
    def causes(self, info: Info) -> QuerySet[models.Cause]:
        return selectors.find_causes(viewer=viewer_of(info))

    @strawberry_django.field(
        graphql_type=Opportunity | None,
        description="The opportunity with this ID; null if it does not exist or the viewer may not see it.",
    )
    def opportunity(self, info: Info, id: OpportunityId) -> QuerySet[models.Opportunity]:
        return selectors.find_opportunity(viewer=viewer_of(info), opportunity_id=known_or_nobody(id, "Opportunity"))
