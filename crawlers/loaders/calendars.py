"""Reads the events of an iCalendar file (RFC 5545); repeating events within a limited window."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar, Component, vRecur

from crawlers.items import Unreadable
from crawlers.loaders.places import degrees, zip_in
from crawlers.loaders.schema_org import digest
from crawlers.loaders.text import clean, clean_line, clean_place, http_link, links_in
from crawlers.loaders.times import aware, read_zone, span
from domains.geo.selectors import zip_time_zone
from domains.opportunities.services.record_listing import FoundListing

#: Limits for repeating events: time ahead, number of occurrences, and steps until the reader gives up.
WINDOW = timedelta(days=180)
MAX_OCCURRENCES = 100
MAX_STEPS = 20_000
#: Seconds for all repeating events of one file; after that only the first occurrence of each is listed.
PATIENCE = 5.0
#: Frequencies that are expanded. Finer ones than daily are not events for people, and some never end.
_EXPANDED = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
#: If one of these properties is broken, the event would be listed at a wrong time.
_NEEDED = {"DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RECURRENCE-ID"}
_OFF = {"CANCELLED"}
_PRIVATE = {"PRIVATE", "CONFIDENTIAL"}
_REMOTE = re.compile(r"\b(online|virtual|zoom|webinar|remote)\b", re.IGNORECASE)


def listings_in(
    text: str, *, feed_url: str, zone: tzinfo | None = None, now: datetime | None = None
) -> Iterator[FoundListing | Unreadable]:
    """Yield each event of the calendar, or why one is unreadable; Unreadable is raised for the whole file."""
    reading = _Reading(_calendars(text), feed_url, zone, now or datetime.now(UTC))
    for event in reading.events:
        try:
            yield from reading.listings_of(event)
        except Unreadable as reason:
            yield Unreadable(f"{(clean_line(_single(event, 'UID')) or 'no UID')[:80]!r}: {reason}")


def name_of(text: str) -> str:
    """Return the name that the calendar gives itself, or an empty string."""
    named = re.search(r"^X-WR-CALNAME[^:\r\n]*:(.+)$", text[:5_000], re.MULTILINE)
    return clean_line(named[1].replace("\\,", ",")) if named else ""


def _calendars(text: str) -> list[Calendar]:
    try:
        calendars = [part for part in Calendar.from_ical(text, multiple=True) if part.name == "VCALENDAR"]
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, RecursionError) as error:
        raise Unreadable(f"it is not a calendar ({error})") from None
    if not calendars:
        raise Unreadable("it is not a calendar")
    return calendars


class _Reading:
    """State of the whole file while its events are read one by one."""

    def __init__(self, calendars: list[Calendar], feed_url: str, zone: tzinfo | None, now: datetime) -> None:
        self.feed_url = feed_url
        self.now = now
        self.deadline = time.monotonic() + PATIENCE
        self.zone = read_zone(str(calendars[0].get("X-WR-TIMEZONE", ""))) or zone
        every = [event for calendar in calendars for event in calendar.walk("VEVENT")]
        self.events = [event for event in every if _is_public(event)]
        self.number = len(every)
        self.uses = Counter(str(event.get("URL", "")) for event in every)
        self.moved = {_occurrence_id(event) for event in every if "RECURRENCE-ID" in event}

    def listings_of(self, event: Component) -> Iterator[FoundListing]:
        for name, reason in event.errors:
            if name in _NEEDED:
                raise Unreadable(f"{name} is broken ({clean_line(reason)[:120]})")
        title = clean_line(_single(event, "SUMMARY"))
        if not title:
            raise Unreadable("it has no title")
        description = clean(_single(event, "DESCRIPTION"))
        place = clean_place(_single(event, "LOCATION") or "")
        postal_code = zip_in(place)
        latitude, longitude = _position(event)
        url, description = self._link(event, description)
        uid = clean_line(_single(event, "UID"))
        for start, end, suffix in self._times(event, postal_code):
            listing = FoundListing(
                title=title,
                description=description,
                start_date=start,
                end_date=end,
                location_text=place,
                postal_code=postal_code,
                latitude=latitude,
                longitude=longitude,
                is_remote=bool(_REMOTE.search(place)) or title.lower().endswith(("(online)", "(virtual)")),
                url=url,
                external_id=f"{uid}{suffix}" if uid else "",
            )
            yield listing if uid else replace(listing, external_id=digest(listing))

    def _link(self, event: Component, description: str) -> tuple[str, str]:
        """Return the event's own page, and the description without that link at its end.

        A URL that is relative, or the same for every event of the file, is that of the feed. Then the last link of the
        description is used.
        """
        written = str(event.get("URL", ""))
        links = links_in(description)
        is_the_same_for_all = self.uses[written] == self.number > 1
        is_its_own = http_link(written) and not is_the_same_for_all
        if is_its_own or not links:
            return http_link(written, self.feed_url) or self.feed_url, description
        rest = description.removesuffix(links[-1]).rstrip()
        return links[-1], rest if rest.endswith((".", "!", "?")) or not rest else description

    def _times(self, event: Component, postal_code: str) -> Iterator[tuple[datetime, datetime, str]]:
        begins = _moment(event, "DTSTART")
        if begins is None:
            raise Unreadable("it has no start")
        zone = read_zone(_single(event, "DTSTART").params.get("TZID"))
        zone = zone or self.zone or zip_time_zone(postal_code)
        length = _single(event, "DURATION")
        start, end = span(
            begins,
            _moment(event, "DTEND"),
            length.td if length is not None else None,
            zone,
            last_day_counts=False,
        )
        if "RECURRENCE-ID" in event:
            yield start, end, f"/{_occurrence_id(event)[1]}"
        elif "RRULE" in event:
            yield from self._occurrences(event, start, end)
        else:
            yield start, end, ""

    def _occurrences(
        self, event: Component, start: datetime, end: datetime
    ) -> Iterator[tuple[datetime, datetime, str]]:
        """Yield the occurrences within the window, or the very first one if there are none."""
        uid = str(event.get("UID", ""))
        left_out = {_stamp(aware(day.dt, start.tzinfo)) for days in _all(event, "EXDATE") for day in days.dts}
        is_listed = False
        for begins in self._starts(event, start, end - start):
            stamp = _stamp(begins)
            if stamp not in left_out and (uid, stamp) not in self.moved:
                is_listed = True
                yield begins, begins + (end - start), f"/{stamp}"
        if not is_listed and (uid, _stamp(start)) not in self.moved:
            yield start, end, f"/{_stamp(start)}"

    def _starts(self, event: Component, start: datetime, length: timedelta) -> Iterator[datetime]:
        """Yield the starts from now to the end of the window, in the local time of the event."""
        recur = vRecur(_single(event, "RRULE"))
        frequency = str((recur.get("FREQ") or [""])[0]).upper()
        if frequency not in _EXPANDED or _may_never_occur(recur) or time.monotonic() > self.deadline:
            return
        if recur.get("INTERVAL", [1])[0] < 1:
            raise Unreadable("RRULE is broken (it never moves on)")
        until = (recur.pop("UNTIL", None) or [None])[0]
        last = self.now + WINDOW
        if until is not None:
            last = min(last, aware(until, start.tzinfo) + timedelta(days=0 if isinstance(until, datetime) else 1))
        try:
            # Use local time, so that ten o'clock stays ten o'clock when the clocks change.
            rule = rrulestr(recur.to_ical().decode(), dtstart=start.replace(tzinfo=None))
        except (ValueError, TypeError, AttributeError) as error:
            raise Unreadable(f"RRULE is broken ({error})") from None
        kept = 0
        for wall in islice(rule, MAX_STEPS):
            begins = wall.replace(tzinfo=start.tzinfo)
            if begins > last or kept == MAX_OCCURRENCES or time.monotonic() > self.deadline:
                return
            if begins + length > self.now:
                kept += 1
                yield begins


def _is_public(event: Component) -> bool:
    status, access = str(event.get("STATUS", "")).upper(), str(event.get("CLASS", "")).upper()
    return status not in _OFF and access not in _PRIVATE


def _may_never_occur(recur: vRecur) -> bool:
    """Tell whether the rule filters single days: 30 February would be searched until the year 9999."""
    filters = set(recur) & {"BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYEASTER"}
    return str(recur["FREQ"][0]).upper() in {"DAILY", "WEEKLY"} and bool(filters)


def _all(event: Component, name: str) -> list[Any]:
    value = event.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]


def _single(event: Component, name: str) -> Any:
    """Return the first value of a property that should occur once."""
    return next(iter(_all(event, name)), None)


def _moment(event: Component, name: str) -> date | datetime | None:
    value = getattr(_single(event, name), "dt", None)
    return value if isinstance(value, date) else None


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _occurrence_id(event: Component) -> tuple[str, str]:
    moment = _moment(event, "RECURRENCE-ID")
    return str(event.get("UID", "")), _stamp(aware(moment, UTC)) if moment else ""


def _position(event: Component) -> tuple[float | None, float | None]:
    geo = _single(event, "GEO")
    return degrees(geo.latitude, geo.longitude) if geo is not None else (None, None)
