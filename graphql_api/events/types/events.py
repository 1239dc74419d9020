"""GraphQL type of events."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import strawberry_django
from django.conf import settings
from django.db.models import F, Prefetch, QuerySet
from strawberry import relay
from strawberry_django.optimizer import OptimizerStore, optimize

from domains.events import models, selectors
from domains.events.calendars import event_url
from domains.events.tokens import attendees_url
from domains.geo.selectors import zip_time_zone
from graphql_api.accounts.types import User
from graphql_api.context import Info, viewer_of
from graphql_api.events.types.check_ins import CheckInKey, CheckInSummary, key_of
from graphql_api.opportunities.types import Opportunity, OpportunityHost
from graphql_api.opportunities.types.opportunities import Location
from graphql_api.relay.connections import Connection
from graphql_api.relay.enums import describe
from graphql_api.relay.ids import global_id
from graphql_api.relay.later import later
from graphql_api.relay.loaders import load
from graphql_api.relay.nested import Nested
from graphql_api.relay.rows import row_of

describe(
    models.EventType,
    description="Type of an event.",
    values={
        "COMMUNITY": "A gathering of the community, such as a picnic or a clean-up.",
        "WORKSHOP": "People make or practice something together.",
        "TRAINING": "Volunteers learn what their work needs.",
        "ORIENTATION": "An organization introduces itself to new volunteers.",
        "FUNDRAISER": "The event collects money or goods.",
        "MEETUP": "People meet to talk.",
        "OTHER": "An event of another type.",
    },
)
EventType = models.EventType
describe(
    models.EventStatus,
    description="Status of an event.",
    values={
        "DRAFT": "The event is not published. Only its organizers and authorized staff see it.",
        "PUBLISHED": "The event is published, and people can claim tickets until it ends.",
        "CANCELLED": "The event does not take place. `cancelledReason` may say why. It can still be read.",
    },
)
EventStatus = models.EventStatus


def _own_tickets(info: Info) -> Prefetch[str]:
    """Prefetch the viewer's tickets to all events, with the selected fields."""
    own = selectors.find_own_tickets(viewer=viewer_of(info))
    optimized = optimize(own, info=info, store=OptimizerStore.with_hints(only=["event_id"]))
    return Prefetch("tickets", queryset=optimized, to_attr="own_tickets")


@strawberry_django.type(models.Event, description="A community event with tickets.")
class Event(relay.Node):
    """An event, its organizers and how full it is."""

    title: str = strawberry_django.field(description="Title of the event.")
    description: str = strawberry_django.field(description="Description of the event; may be empty.")
    event_type: EventType = strawberry_django.field(description="Type of the event.")
    status: EventStatus = strawberry_django.field(description="Status of the event.")
    event_date: datetime = strawberry_django.field(description="Time the event begins.")
    end_date: datetime = strawberry_django.field(description="Time the event ends.")
    location: str = strawberry_django.field(description="Location in words, such as an address; may be empty.")
    location_zip: str = strawberry_django.field(description="ZIP code of the location; may be empty.")
    max_attendees: int | None = strawberry_django.field(
        description="Maximum number of attendees; null if there is no limit."
    )
    tickets_taken: int = strawberry_django.field(
        description="Number of tickets that hold a slot: those that are ISSUED or OFFERED."
    )
    tickets_remaining: int | None = strawberry_django.field(
        annotate=F("max_attendees") - F("tickets_taken"),
        description="Number of free slots: `maxAttendees` minus `ticketsTaken`; null if there is no limit. Only a "
        "PUBLISHED event that is not over gives tickets.",
    )
    cancelled_reason: str = strawberry_django.field(description="Reason why the event was canceled; may be empty.")
    created_at: datetime = strawberry_django.field(description="Time the event was created.")
    updated_at: datetime = strawberry_django.field(description="Time of the last change.")
    host: User | None = strawberry_django.field(
        description="User who created the event; null if that account was deleted."
    )
    organization: OpportunityHost | None = strawberry_django.field(
        description="Organization that holds the event; null for an event of its creator alone."
    )
    opportunity: Opportunity | None = strawberry_django.field(
        description="Opportunity that the event belongs to; null if there is none, or if the viewer may not see it. "
        "Attendees with an accepted application for it get hours proposed."
    )

    @strawberry_django.field(
        description="Coordinates of the location, or the center of its ZIP code's area; null if unknown.",
        only=["latitude", "longitude"],
    )
    async def coordinates(self) -> Location | None:
        """Return the coordinates, if both are known."""
        row = row_of(self, models.Event)
        if row.latitude is None or row.longitude is None:
            return None
        return Location(latitude=row.latitude, longitude=row.longitude)

    @strawberry_django.field(
        description="IANA name of the time zone of the ZIP code, such as America/Chicago; null if it is unknown. "
        "Display the event's times in this time zone.",
        only=["location_zip"],
    )
    async def time_zone(self) -> str | None:
        """Return the name of the ZIP code's time zone in the IANA database."""
        zone = zip_time_zone(row_of(self, models.Event).location_zip)
        return zone.key if zone else None

    @strawberry_django.field(
        graphql_type=later("EventTicket", "graphql_api.events.types") | None,
        description="The viewer's newest ticket to the event, which is the live one if there is one; null if the "
        "viewer is not logged in or never claimed one.",
        prefetch_related=[_own_tickets],
    )
    async def my_ticket(self) -> models.EventTicket | None:
        """Return the newest of the prefetched tickets."""
        row: Any = self
        own: list[models.EventTicket] = row.own_tickets
        return own[0] if own else None

    @strawberry_django.connection(
        later("EventTicket", "graphql_api.events.types", of=Connection),
        description="Tickets to the event, oldest claim first. The event's organizers, and authorized staff, see all "
        "of them. Other viewers see only their own.",
        only=["id"],
    )
    async def tickets(self, info: Info) -> Nested[models.EventTicket]:
        """Load `selectors.find_tickets`, for all events in one batch."""
        rows = partial(selectors.find_tickets, viewer=viewer_of(info))
        return Nested(rows, by="event", key=row_of(self, models.Event).pk)

    @strawberry_django.field(
        description="URL of the attendee list as a CSV file, for the event's organizers; null for other "
        "viewers. It works for 5 minutes, and only as long as the viewer manages the event.",
        only=["id"],
    )
    async def attendees_csv_url(self, info: Info) -> str | None:
        """Return the address of the file for this viewer, if they manage the event."""
        viewer, key = viewer_of(info), row_of(self, models.Event).pk
        if viewer is None:
            return None

        def find(keys: Collection[int]) -> dict[int, bool]:
            return dict.fromkeys(selectors.find_managed_events(viewer=viewer, among=keys), True)

        return attendees_url(event_id=key, viewer_id=viewer.pk) if await load(info, key, find) else None

    @strawberry_django.field(
        description="URL of the event as an iCalendar file, for everyone; null for a draft. The file has the same UID "
        "as in the mail with a ticket and in `User.calendarFeedUrl`.",
        only=["id", "status"],
    )
    async def calendar_url(self) -> str | None:
        """Return the public address of the file."""
        row = row_of(self, models.Event)
        return None if row.status == models.EventStatus.DRAFT else event_url(row.pk)

    @strawberry_django.field(
        description="Key that verifies the codes of this event's tickets, for scanners that check them offline; null "
        "unless the viewer may check people in.",
        only=["id"],
    )
    async def check_in_key(self, info: Info) -> CheckInKey | None:
        """Show the key to people who may check in at the event."""
        event_id = row_of(self, models.Event).pk
        return key_of(event_id) if await _may_check_in(info, event_id) else None

    @strawberry_django.field(
        description="URL of the page with which phones check people in, also without network; null unless the viewer "
        "may check people in.",
        only=["id"],
    )
    async def check_in_url(self, info: Info) -> str | None:
        """Show the page to people who may check in at the event."""
        event_id = row_of(self, models.Event).pk
        page = f"{settings.PUBLIC_URL}/scan/{global_id('Event', event_id)}"
        return page if await _may_check_in(info, event_id) else None

    @strawberry_django.field(
        description="Counts of the event's tickets; null unless the viewer may check people in.", only=["id"]
    )
    async def check_in_summary(self, info: Info) -> CheckInSummary | None:
        """Load `selectors.count_check_ins`."""

        def find(keys: Collection[int]) -> Mapping[int, selectors.CheckInCounts]:
            return selectors.count_check_ins(viewer=viewer_of(info), among=keys)

        counts = await load(info, row_of(self, models.Event).pk, find)
        return None if counts is None else CheckInSummary.of(counts)

    @classmethod
    def get_queryset(cls, queryset: Any, info: Info, **kwargs: Any) -> QuerySet[models.Event]:
        """Return the rows that the viewer may see."""
        return models.EventQuerySet.visible_to(queryset, viewer_of(info))


async def _may_check_in(info: Info, event_id: int) -> bool:
    """Return whether the viewer may check people in; one statement finds out for a whole list."""

    def find(keys: Collection[int]) -> Mapping[int, bool]:
        return dict.fromkeys(selectors.find_checked_in_events(viewer=viewer_of(info), among=keys), True)

    return bool(await load(info, event_id, find))
