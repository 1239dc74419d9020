"""An event as an iCalendar file: read back by the library, whatever its texts are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domains.events.calendars import EntryStatus, entry_of_event, entry_of_slot, event_url, write_calendar
from domains.events.models import Event
from domains.events.selectors import find_event_entry
from tests.factories import ApplicationFactory, EventFactory, UserFactory
from tests.icalendars import read_calendar

pytestmark = pytest.mark.django_db

NOON = datetime(2031, 5, 4, 19, tzinfo=UTC)


def written(event: Event, **how: Any) -> tuple[Any, Any]:
    """Return the file of the event, read back, and its one entry."""
    calendar = read_calendar(write_calendar([entry_of_event(event, **how)]))
    (entry,) = calendar.walk("VEVENT")
    return calendar, entry


def test_an_event_is_read_back_with_everything_that_a_calendar_needs(settings: Any) -> None:
    settings.PUBLIC_URL = "https://community.example:8443/base"
    settings.DEFAULT_FROM_EMAIL = "MishMob <no-reply@community.example>"
    event = EventFactory(
        title="Street picnic",
        event_date=NOON,
        location="Precita Park",
        latitude=37.75,
        longitude=-122.41,
        revision=3,
        organization__organization_name="Bernal Pantry",
    )
    calendar, entry = written(event)
    assert (calendar["METHOD"], calendar["VERSION"]) == ("PUBLISH", "2.0")
    assert calendar["PRODID"]
    assert entry["UID"] == f"event-{event.pk}@community.example"
    assert entry["SUMMARY"] == "Street picnic"
    assert entry["DESCRIPTION"] == event.description
    assert entry["LOCATION"] == "Precita Park, 94110"
    assert entry["STATUS"] == "CONFIRMED"
    assert entry["SEQUENCE"] == 3
    assert (entry["GEO"].latitude, entry["GEO"].longitude) == (37.75, -122.41)
    assert entry["URL"] == event_url(event.pk) == f"https://community.example:8443/base/calendar/events/{event.pk}.ics"
    assert (entry["DTSTART"].dt, entry["DTEND"].dt) == (NOON, NOON + timedelta(hours=2))
    assert entry["DTSTAMP"].dt == entry["LAST-MODIFIED"].dt == event.updated_at.replace(microsecond=0)
    assert entry["ORGANIZER"] == "mailto:no-reply@community.example"
    assert entry["ORGANIZER"].params["CN"] == "Bernal Pantry"


def test_times_are_utc_and_need_no_time_zone() -> None:
    content = write_calendar([entry_of_event(EventFactory(event_date=NOON))])
    assert b"DTSTART:20310504T190000Z\r\n" in content
    assert b"VTIMEZONE" not in content


def test_unchanged_rows_give_the_same_bytes() -> None:
    event = EventFactory()
    assert len({write_calendar([entry_of_event(Event.objects.get(pk=event.pk))]) for _ in range(3)}) == 1


def test_a_canceled_event_says_so_with_its_reason() -> None:
    event = EventFactory(title="Picnic", status="CANCELLED", cancelled_reason="Smoke.")
    _, entry = written(event)
    assert (entry["STATUS"], entry["SUMMARY"], entry["TRANSP"]) == ("CANCELLED", "Canceled: Picnic", "TRANSPARENT")
    assert entry["DESCRIPTION"].startswith("Canceled: Smoke.\n\n")
    _, entry = written(event, status=EntryStatus.TENTATIVE)
    assert entry["STATUS"] == "CANCELLED"


def test_an_event_without_texts_leaves_their_properties_out() -> None:
    event = EventFactory(description="", location="", location_zip="")
    _, entry = written(event)
    assert not {"DESCRIPTION", "LOCATION", "GEO"} & set(entry)


HOSTILE = [
    "A\r\nATTENDEE:mailto:eve@evil.example",
    "A\nEND:VEVENT\nBEGIN:VEVENT\nUID:x",
    "A\rX-EVIL:1",
    "A\x0bX-EVIL:1\x0cX-EVIL:2\x1cX-EVIL:3\x85X-EVIL:4",
    "A\u2028X-EVIL:1\u2029X-EVIL:2",
    "A\x00\x07\x1b[31m\x7f",
    'A";X-EVIL="1:2;3,4\\n5^n6',
    "A:b;c,d\\e\\n",
    "🎉" * 60,
    "é" * 200,
    "x" * 200,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_adds_a_property_or_breaks_a_line(text: str) -> None:
    event: Any = EventFactory(status="CANCELLED")
    # Not stored, since PostgreSQL takes no NUL.
    event.title = event.location = event.cancelled_reason = event.organization.organization_name = text
    event.description = f"{text}\n{text}"
    content = write_calendar([entry_of_event(event, note=text)], name=text, description=text)
    calendar = read_calendar(content)
    (entry,) = calendar.walk("VEVENT")
    assert set(entry) == {
        "UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "STATUS", "SUMMARY", "DTSTART", "DTEND", "TRANSP",
        "DESCRIPTION", "LOCATION", "URL", "ORGANIZER",
    }  # fmt: skip
    assert entry["UID"].startswith(f"event-{event.pk}@")
    assert set(entry["ORGANIZER"].params) == {"CN"}
    assert not entry.errors
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    # Readers that split at other line breaks find no more lines than there are.
    assert content.decode().splitlines() == [line.decode() for line in lines[:-1]]
    assert all(line[:1] == b" " or line.split(b":")[0].split(b";")[0].isascii() for line in lines)


def test_emoji_commas_and_newlines_come_back_as_they_were() -> None:
    text = "Bring: plates, cups; a \\ chair 🎉\n\nGrüße — 你好"
    _, entry = written(EventFactory(title="Tea, cake; and “more” 🎂", description=text))
    assert entry["SUMMARY"] == "Tea, cake; and “more” 🎂"
    assert entry["DESCRIPTION"] == text


def test_only_what_everybody_may_see_has_an_entry() -> None:
    assert find_event_entry(event_id=EventFactory().pk)
    assert find_event_entry(event_id=EventFactory(status="CANCELLED").pk)
    assert find_event_entry(event_id=EventFactory(draft=True).pk) is None
    assert find_event_entry(event_id=0) is None


def test_an_event_of_a_person_names_the_person_and_no_address() -> None:
    event = EventFactory(organization=None, host=UserFactory(display_name="Maya Torres"))
    content = write_calendar([entry_of_event(event)])
    _, entry = written(event)
    assert event.host
    assert entry["ORGANIZER"].params["CN"] == "Maya Torres"
    assert event.host.email.encode() not in content


def test_the_slot_of_a_program_of_weeks_leaves_its_time_free() -> None:
    application = ApplicationFactory(status="ACCEPTED")
    role = application.role
    short = entry_of_slot(role, application_id=application.pk, status=EntryStatus.CONFIRMED)
    role.opportunity.end_date = role.opportunity.start_date + timedelta(days=30)
    long = entry_of_slot(role, application_id=application.pk, status=EntryStatus.CONFIRMED)
    assert (short.is_free_time, long.is_free_time) == (False, True)
    assert short.uid.startswith(f"role-slot-{application.pk}@")
    assert short.title == f"{role.opportunity.title}: {role.title}"
