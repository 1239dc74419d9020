"""GraphQL type of events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry_django
from django.db.models import F, QuerySet
from strawberry import relay

from domains.events import models
from domains.geo.selectors import zip_time_zone
from graphql_api.accounts.types import User
from graphql_api.context import Info, viewer_of
from graphql_api.opportunities.types import Opportunity, OpportunityHost
from graphql_api.opportunities.types.opportunities import Location
from graphql_api.relay.enums import describe
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
        description="Number of tickets that can still be claimed: `maxAttendees` minus `ticketsTaken`; null if there "
        "is no limit.",
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

    @classmethod
    def get_queryset(cls, queryset: Any, info: Info, **kwargs: Any) -> QuerySet[models.Event]:
        """Return the rows that the viewer may see."""
        return models.EventQuerySet.visible_to(queryset, viewer_of(info))
