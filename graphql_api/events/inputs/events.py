"""Inputs of the mutations of events."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domains.events.services import UNCHANGED, EventChanges, EventDraft
from graphql_api.events.types import EventType
from graphql_api.relay.ids import known_or_nobody


@strawberry.input(description="Input of `createEvent`.")
class CreateEventInput:
    """A new event."""

    title: str = strawberry.field(description="Title of the event, 3 to 200 characters.")
    event_date: datetime = strawberry.field(
        description="Time the event begins, with its UTC offset; at most ten years from now."
    )
    end_date: datetime | None = strawberry.field(
        description="Time the event ends, with its UTC offset; two hours after `eventDate` if omitted.", default=None
    )
    host_id: strawberry.ID | None = strawberry.field(
        description="ID of the organization that holds the event: its owners and coordinators organize the event, its "
        "scanners check people in. Without it, the event is the caller's own.",
        default=None,
    )
    description: str = strawberry.field(description="Description of the event, at most 5,000 characters.", default="")
    event_type: EventType = strawberry.field(description="Type of the event.", default=EventType.COMMUNITY)
    location: str = strawberry.field(description="Location in words, at most 300 characters.", default="")
    location_zip: str = strawberry.field(
        description="ZIP code of the location, stored as five digits; may be empty.", default=""
    )
    latitude: float | None = strawberry.field(
        description="Latitude in degrees, together with `longitude`. Without them, the event is at the center of its "
        "ZIP code's area.",
        default=None,
    )
    longitude: float | None = strawberry.field(
        description="Longitude in degrees, together with `latitude`.", default=None
    )
    max_attendees: int | None = strawberry.field(
        description="Maximum number of attendees, 1 to 100,000; no limit if omitted.", default=None
    )
    opportunity_id: strawberry.ID | None = strawberry.field(
        description="ID of the opportunity that the event belongs to. The caller must own or coordinate its host.",
        default=None,
    )
    is_draft: bool = strawberry.field(
        description="Whether the event stays a draft until `publishEvent`; otherwise it is published at once.",
        default=False,
    )

    def draft(self) -> EventDraft:
        """Return the domain's value."""
        return EventDraft(
            title=self.title,
            event_date=self.event_date,
            end_date=self.end_date,
            description=self.description,
            event_type=self.event_type,
            location=self.location,
            location_zip=self.location_zip,
            latitude=self.latitude,
            longitude=self.longitude,
            max_attendees=self.max_attendees,
            opportunity_id=None if self.opportunity_id is None else known_or_nobody(self.opportunity_id, "Opportunity"),
        )


@strawberry.input(description="Input of `publishEvent`.")
class PublishEventInput:
    """A draft to publish."""

    event_id: strawberry.ID = strawberry.field(description="ID of a draft.")


@strawberry.input(
    description="Input of `updateEvent`. A field that is omitted or null leaves the value unchanged, except that null "
    "removes `maxAttendees` and `opportunityId`."
)
class UpdateEventInput:
    """Changes to an event."""

    event_id: strawberry.ID = strawberry.field(description="ID of an event that is not canceled.")
    title: str | None = strawberry.field(description="Title of the event, 3 to 200 characters.", default=None)
    event_date: datetime | None = strawberry.field(
        description="Time the event begins, with its UTC offset; at most ten years from now.", default=None
    )
    end_date: datetime | None = strawberry.field(description="Time the event ends, with its UTC offset.", default=None)
    description: str | None = strawberry.field(
        description="Description of the event, at most 5,000 characters.", default=None
    )
    event_type: EventType | None = strawberry.field(description="Type of the event.", default=None)
    location: str | None = strawberry.field(description="Location in words, at most 300 characters.", default=None)
    location_zip: str | None = strawberry.field(
        description="ZIP code of the location, stored as five digits; may be empty. A new one moves the event to the "
        "center of its area, unless coordinates are given too.",
        default=None,
    )
    latitude: float | None = strawberry.field(
        description="Latitude in degrees, together with `longitude`.", default=None
    )
    longitude: float | None = strawberry.field(
        description="Longitude in degrees, together with `latitude`.", default=None
    )
    max_attendees: int | None = strawberry.field(
        description="Maximum number of attendees, 1 to 100,000, and not less than the tickets that are taken; null for "
        "no limit. New slots are offered to the waitlist.",
        default=strawberry.UNSET,
    )
    opportunity_id: strawberry.ID | None = strawberry.field(
        description="ID of the opportunity that the event belongs to; null for none.", default=strawberry.UNSET
    )

    def changes(self) -> EventChanges:
        """Return the domain's value."""
        most, opportunity = self.max_attendees, self.opportunity_id
        if opportunity is not strawberry.UNSET and opportunity is not None:
            opportunity_id: int | None = known_or_nobody(opportunity, "Opportunity")
        else:
            opportunity_id = None
        return EventChanges(
            title=self.title,
            event_date=self.event_date,
            end_date=self.end_date,
            description=self.description,
            event_type=self.event_type,
            location=self.location,
            location_zip=self.location_zip,
            latitude=self.latitude,
            longitude=self.longitude,
            max_attendees=UNCHANGED if most is strawberry.UNSET else most,
            opportunity_id=UNCHANGED if opportunity is strawberry.UNSET else opportunity_id,
        )


@strawberry.input(description="Input of `cancelEvent`.")
class CancelEventInput:
    """An event to cancel."""

    event_id: strawberry.ID = strawberry.field(description="ID of a published event.")
    reason: str = strawberry.field(description="Public reason, at most 500 characters.", default="")
