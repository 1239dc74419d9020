"""Queries of events."""

from __future__ import annotations

from typing import Annotated

import strawberry
import strawberry_django
from django.db.models import QuerySet

from domains.events import models, selectors
from graphql_api.checks.input_limits import at_most
from graphql_api.context import Info, viewer_of
from graphql_api.events.inputs.filters import EventFilter, EventOrder
from graphql_api.events.types import Event
from graphql_api.relay.connections import Connection
from graphql_api.relay.ids import known_or_nobody

#: There are two fields to order by.
MAX_ORDERINGS = 5

Filters = Annotated[
    EventFilter | None,
    strawberry.argument(description="Filter; null lists the events that are PUBLISHED and have not ended."),
]
Orderings = Annotated[
    list[EventOrder] | None,
    strawberry.argument(
        description=f"Sort order, by default the soonest first. At most {MAX_ORDERINGS}.",
        metadata=at_most(MAX_ORDERINGS),
    ),
]
EventId = Annotated[strawberry.ID, strawberry.argument(description="ID of the event.")]


@strawberry.type
class EventQueries:
    """Root fields of the queries."""

    @strawberry_django.connection(Connection[Event], description="Events that match the filter.")
    def events(self, info: Info, filters: Filters = None, ordering: Orderings = None) -> QuerySet[models.Event]:
        return selectors.find_events(
            viewer=viewer_of(info),
            filters=(filters or EventFilter()).filters(),
            ordering=[one.order() for one in ordering or ()],
        )

    @strawberry_django.field(
        graphql_type=Event | None,
        description="The event with this ID; null if it does not exist or the viewer may not see it.",
    )
    def event(self, info: Info, id: EventId) -> QuerySet[models.Event]:
        return selectors.find_event(viewer=viewer_of(info), event_id=known_or_nobody(id, "Event"))
