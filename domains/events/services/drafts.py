"""A manager's input for an event, and the validation of it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import Enum
from math import isfinite
from typing import Any, Final, Literal

from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Code, Problem
from domains.events.models import Event, EventType
from domains.geo.selectors import normalize_zip_code, zip_point
from domains.opportunities.models import Opportunity
from domains.opportunities.policies import can_run_host
from domains.opportunities.selectors import INVALID_TIME, is_valid_time
from domains.opportunities.services.values import one_line, problems_of, problems_of_texts

#: Length of an event whose end is not given, and the maximum length of any.
DEFAULT_LENGTH, MAX_LENGTH = timedelta(hours=2), timedelta(days=366)
#: How far ahead an event may begin.
MAX_AHEAD = timedelta(days=3653)
INVALID_END = "The event must end after it begins. Give an endDate after the eventDate."
#: The columns that say where the event is.
LOCATION_COLUMNS = ("location", "location_zip", "latitude", "longitude")


class Unchanged(Enum):
    """Marks a value that a change leaves as it is, where null has a meaning of its own."""

    UNCHANGED = 0


UNCHANGED: Final = Unchanged.UNCHANGED


@dataclass(frozen=True)
class EventDraft:
    """An event as its creator wants it."""

    title: str
    event_date: datetime
    #: Two hours after the start, if not given.
    end_date: datetime | None = None
    description: str = ""
    event_type: EventType = EventType.COMMUNITY
    location: str = ""
    location_zip: str = ""
    #: Latitude and longitude; the center of the ZIP code's area, if not given.
    latitude: float | None = None
    longitude: float | None = None
    max_attendees: int | None = None
    opportunity_id: int | None = None

    def row(self, *, host: User | None, organization_id: int | None) -> Event:
        """Return the draft as a row."""
        location_zip = normalize_zip_code(self.location_zip)
        latitude, longitude = self.latitude, self.longitude
        if latitude is None and longitude is None:
            latitude, longitude = zip_point(location_zip) or (None, None)
        return Event(
            host=host,
            organization_id=organization_id,
            title=one_line(self.title),
            description=self.description.strip(),
            event_type=self.event_type,
            event_date=self.event_date,
            end_date=self._end(),
            location=one_line(self.location),
            location_zip=location_zip,
            latitude=latitude,
            longitude=longitude,
            max_attendees=self.max_attendees,
            opportunity_id=self.opportunity_id,
        )

    def _end(self) -> datetime:
        if self.end_date is not None:
            return self.end_date
        return self.event_date + DEFAULT_LENGTH if is_valid_time(self.event_date) else self.event_date


@dataclass(frozen=True)
class EventChanges:
    """Changes to an event; None leaves a value unchanged, except where UNCHANGED does and None removes the value."""

    title: str | None = None
    event_date: datetime | None = None
    end_date: datetime | None = None
    description: str | None = None
    event_type: EventType | None = None
    location: str | None = None
    location_zip: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    max_attendees: int | Literal[Unchanged.UNCHANGED] | None = UNCHANGED
    opportunity_id: int | Literal[Unchanged.UNCHANGED] | None = UNCHANGED

    def applied_to(self, event: Event) -> EventDraft:
        """Return the event with the changes; a new ZIP code without coordinates moves it to that ZIP code."""
        now = EventDraft(**{field.name: getattr(event, field.name) for field in fields(EventDraft)})
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        removable = ("max_attendees", "opportunity_id")
        changed = {
            name: value
            for name, value in given.items()
            if (value is not UNCHANGED if name in removable else value is not None)
        }
        if self.location_zip is not None and normalize_zip_code(self.location_zip) != event.location_zip:
            now = replace(now, latitude=None, longitude=None)
        return replace(now, **changed)


def columns_changed(event: Event, wanted: Event, changes: EventChanges) -> dict[str, Any]:
    """Return the columns that differ in the wanted row, with their new values.

    The coordinates change only if they are given, or with the ZIP code.
    """
    names = [field.attname for field in Event._meta.concrete_fields if field.name in _DRAFTED]
    changed = {name: getattr(wanted, name) for name in names if getattr(wanted, name) != getattr(event, name)}
    if changes.latitude is None and changes.longitude is None and "location_zip" not in changed:
        changed = {name: value for name, value in changed.items() if name not in {"latitude", "longitude"}}
    return changed


_DRAFTED = {field.name.removesuffix("_id") for field in fields(EventDraft)}


def problems_of_draft(row: Event, *, creator: User, before: Event | None = None) -> list[Problem]:
    """Return all problems of a new or changed event, with their fields; `before` is the old row."""
    times = _problems_of_times(row, before)
    is_same_zip = before is not None and before.location_zip == row.location_zip
    exclude = {
        "host",
        "organization",
        "opportunity",
        *(["event_date", "end_date"] if times else []),
        *(["location_zip"] if is_same_zip else []),
    }
    return [
        *problems_of(row, exclude=exclude),
        *problems_of_texts(row, lines=("title", "location"), before=before),
        *times,
        *_problems_of_coordinates(row),
        *_problems_of_opportunity(row, creator, before),
    ]


def _problems_of_times(row: Event, before: Event | None) -> list[Problem]:
    if before is not None and (row.event_date, row.end_date) == (before.event_date, before.end_date):
        return []
    problems = [
        Problem(Code.INVALID, INVALID_TIME, field)
        for field in ("event_date", "end_date")
        if not is_valid_time(getattr(row, field))
    ]
    if problems:
        return problems
    if row.event_date > timezone.now() + MAX_AHEAD:
        message = "The event begins more than ten years from now. Give an earlier eventDate."
        return [Problem(Code.INVALID, message, "event_date")]
    if row.end_date <= row.event_date:
        return [Problem(Code.INVALID, INVALID_END, "end_date")]
    if row.end_date - row.event_date > MAX_LENGTH:
        message = f"An event lasts at most {MAX_LENGTH.days} days. Give an earlier endDate."
        return [Problem(Code.INVALID, message, "end_date")]
    return []


def _problems_of_coordinates(row: Event) -> list[Problem]:
    for name in ("latitude", "longitude"):
        if not isfinite(getattr(row, name) or 0):
            return [Problem(Code.INVALID, "Give degrees, such as 37.75.", name)]
    if (row.latitude is None) == (row.longitude is None):
        return []
    missing = "latitude" if row.latitude is None else "longitude"
    return [Problem(Code.REQUIRED, "Give both latitude and longitude, or neither.", missing)]


def _problems_of_opportunity(row: Event, creator: User, before: Event | None) -> list[Problem]:
    if row.opportunity_id is None or (before is not None and before.opportunity_id == row.opportunity_id):
        return []
    opportunity = Opportunity.objects.visible_to(creator).filter(pk=row.opportunity_id).first()
    if opportunity is None:
        return [Problem(Code.NOT_FOUND, "There is no such opportunity, or you may not see it.", "opportunity_id")]
    if not can_run_host(creator, opportunity.host_id):
        message = "Name an opportunity of an organization that you own or coordinate."
        return [Problem(Code.FORBIDDEN, message, "opportunity_id")]
    if row.organization_id is not None and row.organization_id != opportunity.host_id:
        message = "The opportunity belongs to another organization. Name one of the organization that holds the event."
        return [Problem(Code.INVALID, message, "opportunity_id")]
    return []
