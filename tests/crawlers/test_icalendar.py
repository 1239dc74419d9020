"""What the iCalendar spider finds in feeds, made ones and real ones."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from crawlers.items import Unreadable
from tests.crawlers.pages import calendar, read_calendar

NOW = datetime(2027, 1, 4, 12, tzinfo=UTC)
WEEKLY = """UID:garden
SUMMARY:Garden work
DTSTART;TZID=America/Los_Angeles:20270109T093000
DURATION:PT2H
RRULE:FREQ=WEEKLY"""


@pytest.fixture(autouse=True)
def _on_a_day_in_january():
    with time_machine.travel(NOW, tick=False):
        yield


def test_an_event_is_read_whole():
    (found,) = read_calendar(
        calendar(
            """UID:coats-1
SUMMARY:Coat drive\\, all day
DESCRIPTION:Sewing machines &amp\\; menders.
LOCATION:Holly Hall\\, 320 Mesquite Lane\\, Austin\\, TX 78702
GEO:30.26;-97.71
DTSTART;TZID=America/Chicago;VALUE=DATE:20271113
DTEND;TZID=America/Chicago;VALUE=DATE:20271115
URL:https://coats.example/drive"""
        )
    )

    assert (found.title, found.description) == ("Coat drive, all day", "Sewing machines & menders.")
    assert str(found.start_date) == "2027-11-13 00:00:00-06:00"
    assert str(found.end_date) == "2027-11-15 00:00:00-06:00"
    assert (found.location_text, found.postal_code) == ("Holly Hall, 320 Mesquite Lane, Austin, TX 78702", "78702")
    assert (found.latitude, found.longitude) == (30.26, -97.71)
    assert (found.external_id, found.url) == ("coats-1", "https://coats.example/drive")


def test_a_floating_time_takes_the_zone_of_the_calendar_and_without_one_is_unreadable():
    floating = "UID:1\nSUMMARY:Help\nDTSTART:20270302T090000"

    (found,) = read_calendar(calendar(floating, head="X-WR-TIMEZONE:America/Denver\n"))
    (unknown,) = read_calendar(calendar(floating))

    assert str(found.start_date) == str(found.end_date) == "2027-03-02 09:00:00-07:00"
    assert "time zone of 2027-03-02T09:00:00 is missing" in str(unknown)


def test_an_address_that_all_events_share_gives_way_to_the_link_in_the_description():
    events = [
        f"UID:{n}\nSUMMARY:Help\nDTSTART:2027030{n}T090000Z\nURL:/feed?all\n"
        f"DESCRIPTION:Come. https://helpers.example/{n}"
        for n in (1, 2)
    ]
    events.append("UID:3\nSUMMARY:Help\nDTSTART:20270303T090000Z\nURL:/feed?all")

    found = read_calendar(calendar(*events))

    assert [(one.url, one.description) for one in found] == [
        ("https://helpers.example/1", "Come."),
        ("https://helpers.example/2", "Come."),
        ("https://helpers.example/feed?all", ""),
    ]


def test_a_repeating_event_is_listed_within_the_window_at_the_same_hour_of_the_day():
    found = read_calendar(calendar(WEEKLY + "\nEXDATE;TZID=America/Los_Angeles:20270116T093000"))

    assert len(found) == 24, "25 Saturdays in 180 days, and one of them left out"
    assert {(one.start_date.hour, one.start_date.minute) for one in found} == {(9, 30)}
    assert {one.start_date.utcoffset().total_seconds() for one in found} == {-8 * 3600, -7 * 3600}
    assert found[0].external_id == "garden/20270109T173000Z"
    assert "garden/20270116T173000Z" not in {one.external_id for one in found}


def test_a_moved_occurrence_takes_the_place_of_the_one_it_moves():
    moved = """UID:garden
SUMMARY:Garden work, later
RECURRENCE-ID;TZID=America/Los_Angeles:20270116T093000
DTSTART;TZID=America/Los_Angeles:20270116T140000"""

    found = {one.external_id: one for one in read_calendar(calendar(WEEKLY, moved))}

    assert len(found) == 25
    assert found["garden/20270116T173000Z"].title == "Garden work, later"


def test_a_series_that_is_over_keeps_its_first_occurrence():
    (found,) = read_calendar(calendar(WEEKLY.replace("2027", "2020") + ";UNTIL=20200301T000000Z"))

    assert str(found.start_date) == "2020-01-09 09:30:00-08:00"


def test_daily_events_are_listed_a_hundred_times_at_most():
    assert len(read_calendar(calendar(WEEKLY.replace("WEEKLY", "DAILY")))) == 100


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;INTERVAL=0;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;COUNT=99999999999",
    ],
)
@pytest.mark.timeout(20)
def test_a_rule_without_end_ends(rule):
    assert len(read_calendar(calendar(*[WEEKLY.replace("FREQ=WEEKLY", rule)] * 50))) <= 50 * 100


@pytest.mark.parametrize("line", ["STATUS:CANCELLED", "CLASS:PRIVATE"])
def test_what_is_called_off_or_private_is_not_listed(line):
    assert read_calendar(calendar(f"UID:1\nSUMMARY:Help\nDTSTART:20270302T090000Z\n{line}")) == []


def test_a_broken_event_spares_the_others():
    broken, good = read_calendar(
        calendar(
            "UID:1\nSUMMARY:Never\nDTSTART:20270231T090000Z",
            "UID:2\nSUMMARY:Help\nDTSTAMP:broken\nDTSTART:20270302T090000Z",
        )
    )

    assert str(broken).startswith("'1': DTSTART is broken")
    assert good.title == "Help"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>Please log in</html>", "not a calendar"),
        (b"", "not a calendar"),
        ("BEGIN:VCALENDAR\r\nX-NAME:caf\xe9\r\nEND:VCALENDAR".encode("latin-1"), "not in UTF-8"),
    ],
)
def test_what_is_no_calendar_is_unreadable(body, reason):
    with pytest.raises(Unreadable, match=reason):
        read_calendar(body)


@pytest.mark.parametrize(
    ("path", "listings", "unreadable"),
    [
        ("ics_srcity_creek/SRCity_Creek_Stewardship.ics", 12, 0),
        ("ics_mobilize/mobilize_central_indiana.ics", 16, 0),
        ("ics_sycamore_land_trust/sycamore_land_trust.ics", 59, 1),
        ("ics_toronto_library/volunteer_toronto.ics", 60, 0),
        ("hcal_calagator/ical_eventful_many.ics", 15, 0),
    ],
)
def test_real_feeds_are_read(shared_data, path, listings, unreadable):
    found = read_calendar((shared_data / "crawl" / path).read_bytes())

    assert sum(not isinstance(one, Unreadable) for one in found) == listings
    assert sum(isinstance(one, Unreadable) for one in found) == unreadable
