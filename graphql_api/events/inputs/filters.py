"""Filter and sort order of events."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domains.events.selectors import EventFilters
from domains.opportunities.selectors import Order
from graphql_api.events.types import EventStatus, EventType
from graphql_api.opportunities.inputs.filters import Ordering, read_time, read_zip_code
from graphql_api.relay.ids import known_or_nobody


@strawberry.input(description="Filter of the events. A field that is left out does not filter, except `status`.")
class EventFilter:
    """Filter of the events."""

    status: EventStatus | None = strawberry.field(
        description="Status of the events, by default PUBLISHED. DRAFT lists drafts of events that you organize.",
        default=None,
    )
    event_type: EventType | None = strawberry.field(description="Type of the events.", default=None)
    host_id: strawberry.ID | None = strawberry.field(
        description="ID of the organization that holds the events.", default=None
    )
    opportunity_id: strawberry.ID | None = strawberry.field(
        description="ID of the opportunity that the events belong to.", default=None
    )
    location_zip: str | None = strawberry.field(
        description="ZIP code of the location, as five digits or ZIP+4.", default=None
    )
    starts_after: datetime | None = strawberry.field(
        description="Earliest start of the event, inclusive. Without `startsAfter`, `startsBefore` and `status`, "
        "events that have ended are left out.",
        default=None,
    )
    starts_before: datetime | None = strawberry.field(description="Latest start of the event, exclusive.", default=None)
    has_places: bool | None = strawberry.field(
        description="True for events with tickets that can still be claimed, false for full ones.", default=None
    )

    def filters(self) -> EventFilters:
        """Return the domain's filters. An invalid time or ZIP code is BAD_USER_INPUT; an invalid ID matches nothing."""
        return EventFilters(
            status=self.status,
            event_type=self.event_type,
            host_id=None if self.host_id is None else known_or_nobody(self.host_id, "OpportunityHost"),
            opportunity_id=None if self.opportunity_id is None else known_or_nobody(self.opportunity_id, "Opportunity"),
            location_zip=read_zip_code(self.location_zip, "locationZip"),
            starts_after=read_time(self.starts_after, "startsAfter"),
            starts_before=read_time(self.starts_before, "startsBefore"),
            has_places=self.has_places,
        )


@strawberry.input(one_of=True, description="Sort order of the events: one field with its direction.")
class EventOrder:
    """A column and its direction."""

    event_date: Ordering | None = strawberry.field(
        description="Direction of the order by start.", default=strawberry.UNSET
    )
    created_at: Ordering | None = strawberry.field(
        description="Direction of the order by creation time.", default=strawberry.UNSET
    )

    def order(self) -> Order:
        """Return the domain's order."""
        given = {"event_date": self.event_date, "created_at": self.created_at}
        ((column, direction),) = [(column, way) for column, way in given.items() if way]
        return Order(column, is_descending=direction is Ordering.DESC)
