"""iCalendar files (RFC 5545) of events and of the slots of volunteers. Nothing here reads the database.

Times are in UTC, which every calendar shows in the local time of its reader: no event here recurs, so no rule of a time
zone is needed. An event has the same UID in each file. A file depends on the rows alone: unchanged rows give the same
bytes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, vCalAddress, vDuration, vText
from icalendar import Event as Component

from domains.events.models import Event, EventStatus
from domains.opportunities.eligibility import Span
from domains.opportunities.models import Opportunity, Role

MEDIA_TYPE = "text/calendar"
#: As the content type of a response, and of a file in a mail.
CONTENT_TYPE = f"{MEDIA_TYPE}; method=PUBLISH; charset=utf-8"
#: How often a calendar that subscribes to a feed should read it.
REFRESH_INTERVAL = timedelta(hours=1)
_PRODUCT = "-//MishMob//Community events//EN"


class Method(StrEnum):
    """What a calendar does with a file: it adds or updates its entries, or removes them."""

    PUBLISH = "PUBLISH"
    CANCEL = "CANCEL"


class EntryStatus(StrEnum):
    """Whether an entry takes place; TENTATIVE: an offer, or a waitlist."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Entry:
    """One entry of a calendar."""

    uid: str
    status: EntryStatus
    title: str
    description: str
    starts_at: datetime
    ends_at: datetime
    location: str
    coordinates: tuple[float, float] | None
    organizer: str
    url: str
    #: Time of the last change, and the number of changes that the attendees were notified of.
    updated_at: datetime
    revision: int = 0
    #: Whether its time counts as free.
    is_free_time: bool = False


def event_url(event_id: int) -> str:
    """Return the public address of the event's iCalendar file."""
    return f"{settings.PUBLIC_URL}/calendar/events/{event_id}.ics"


def entry_of_event(
    event: Event,
    *,
    status: EntryStatus = EntryStatus.CONFIRMED,
    note: str = "",
    changed_at: datetime | None = None,
    is_free_time: bool = False,
) -> Entry:
    """Return the entry of an event that was read with its host and organization; a canceled event is CANCELLED.

    `note` says how the reader of the calendar stands to it, and `changed_at` when that changed.
    """
    is_cancelled = event.status == EventStatus.CANCELLED
    notes = [f"Canceled: {event.cancelled_reason}" if is_cancelled and event.cancelled_reason else "", note]
    return Entry(
        uid=f"event-{event.pk}@{_domain()}",
        status=EntryStatus.CANCELLED if is_cancelled else status,
        title=event.title,
        description=_paragraphs(*notes, event.description),
        starts_at=event.event_date,
        ends_at=event.end_date,
        location=_line(event.location, event.location_zip),
        coordinates=_coordinates(event),
        organizer=organizer_of(event),
        url=event_url(event.pk),
        updated_at=max(event.updated_at, changed_at or event.updated_at),
        revision=event.revision,
        is_free_time=is_free_time,
    )


def entry_of_slot(
    role: Role, *, application_id: int, status: EntryStatus, note: str = "", changed_at: datetime | None = None
) -> Entry:
    """Return the entry of a volunteer's slot; the role was read with its opportunity and host."""
    opportunity = role.opportunity
    host = opportunity.host
    return Entry(
        uid=f"role-slot-{application_id}@{_domain()}",
        status=status,
        title=f"{opportunity.title}: {role.title}",
        description=_paragraphs(note, role.description, opportunity.description),
        starts_at=opportunity.start_date,
        ends_at=opportunity.end_date,
        location=_line("Remote" if opportunity.is_remote else "", opportunity.location_text, opportunity.location_zip),
        coordinates=_coordinates(opportunity),
        organizer=host.organization_name if host else "",
        url="",
        updated_at=max(opportunity.updated_at, changed_at or opportunity.updated_at),
        # A program of weeks leaves room for other slots, as in eligibility.
        is_free_time=not Span(opportunity.start_date, opportunity.end_date).is_shift,
    )


def organizer_of(event: Event) -> str:
    """Return the name of the organization, or of the person who created the event."""
    if event.organization is not None:
        return event.organization.organization_name
    return event.host.display_name if event.host else ""


def write_calendar(
    entries: Sequence[Entry], *, name: str = "", description: str = "", method: Method = Method.PUBLISH
) -> bytes:
    """Return the entries as an iCalendar file; `name` and `description` are those of a feed."""
    calendar = Calendar()
    calendar.add("PRODID", _PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method.value)
    if name:
        # The library does not know that those with X are texts, and would not escape them.
        for label, text in (("NAME", name), ("X-WR-CALNAME", name), ("X-WR-CALDESC", description)):
            calendar.add(label, vText(_line(text)))
        calendar.add("REFRESH-INTERVAL", vDuration(REFRESH_INTERVAL), parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH_INTERVAL))
    for entry in entries:
        calendar.add_component(_component_of(entry))
    return bytes(calendar.to_ical())


def _component_of(entry: Entry) -> Component:
    component = Component()
    component.add("UID", entry.uid)
    component.add("SEQUENCE", entry.revision)
    # The time of the row's last change stands for that of the file, so that unchanged rows give the same file.
    component.add("DTSTAMP", _second(entry.updated_at))
    component.add("LAST-MODIFIED", _second(entry.updated_at))
    component.add("STATUS", entry.status.value)
    # Many calendars do not show the status.
    is_cancelled = entry.status == EntryStatus.CANCELLED
    component.add("SUMMARY", _line(f"Canceled: {entry.title}" if is_cancelled else entry.title))
    component.add("DTSTART", _second(entry.starts_at))
    component.add("DTEND", _second(entry.ends_at))
    component.add("TRANSP", "TRANSPARENT" if is_cancelled or entry.is_free_time else "OPAQUE")
    if entry.description:
        component.add("DESCRIPTION", entry.description)
    if entry.location:
        component.add("LOCATION", entry.location)
    if entry.coordinates:
        component.add("GEO", entry.coordinates)
    if entry.url:
        component.add("URL", entry.url)
    if entry.organizer:
        component.add("ORGANIZER", _organizer(entry.organizer))
    return component


def _organizer(name: str) -> vCalAddress:
    """Return the name with the address that this server sends its mails from: no person's address is published."""
    address = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    address.params["CN"] = _line(name).replace('"', "'")
    return address


def _domain() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"


def _coordinates(row: Event | Opportunity) -> tuple[float, float] | None:
    if row.latitude is None or row.longitude is None:
        return None
    return row.latitude, row.longitude


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _line(*texts: str) -> str:
    """Return the texts that are not empty as one line, without control characters."""
    return ", ".join(" ".join(_visible(line).split()) for line in texts if line)


def _paragraphs(*texts: str) -> str:
    """Return the texts that are not empty, an empty line between them, without other control characters."""
    return "\n\n".join("\n".join(_visible(line) for line in text.splitlines()) for text in texts if text)


def _visible(text: str) -> str:
    return "".join(" " if unicodedata.category(one) in {"Cc", "Zl", "Zp"} else one for one in text)
