"""Reads dates and times without guessing: an invalid time, or one without a zone, is unreadable."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import vDuration

from crawlers.items import Unreadable

#: ISO 8601 as calendar plug-ins write it, some without leading zeros: 2027-3-9T9:00-5:00.
_WRITTEN = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?P<second>:\d{2})?(?:\.\d+)?"
    r"\s?(?P<offset>Z|[+-]\d{1,2}:?(?:\d{2})?)?)?$"
)
DAY = timedelta(days=1)


def read_time(value: str) -> date | datetime:
    """Return the date, or the time with its offset if the text has one."""
    parts = _WRITTEN.match(value.strip())
    if parts is None:
        raise Unreadable(f"{value[:40]!r} is not a date")
    try:
        day = date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
        if parts["hour"] is None:
            return day
        clock = f"{parts['hour']:0>2}:{parts['minute']}{parts['second'] or ''}"
        return datetime.fromisoformat(f"{day}T{clock}{_offset(parts['offset'])}")
    except ValueError:
        raise Unreadable(f"{value[:40]!r} is not a date") from None


def read_duration(value: str) -> timedelta | None:
    """Return the value of an ISO 8601 duration such as PT2H, or None."""
    try:
        length: timedelta = vDuration.from_ical(value.strip())
    except ValueError:
        return None
    return length if length >= timedelta(0) else None


def read_zone(name: str | None) -> tzinfo | None:
    """Return the time zone of this IANA name, or None."""
    try:
        return ZoneInfo(name.strip()) if name and name.strip() else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def span(
    start: date | datetime,
    end: date | datetime | None,
    length: timedelta | None,
    zone: tzinfo | None,
    *,
    last_day_counts: bool,
) -> tuple[datetime, datetime]:
    """Return start and end in their zone; if there is no end, by the rules of RFC 5545.

    A date without an end lasts all day, a time without an end has no duration. `last_day_counts` says whether an end
    date is the last day itself (schema.org) or the day after it (iCalendar).
    """
    begins = aware(start, zone)
    if end is not None:
        ends = aware(end, zone)
        if last_day_counts and not isinstance(end, datetime):
            ends = aware(end + DAY, zone)
    elif length is not None:
        ends = begins + length
    else:
        ends = begins if isinstance(start, datetime) else aware(start + DAY, zone)
    if ends < begins:
        raise Unreadable(f"it ends ({ends.isoformat()}) before it starts ({begins.isoformat()})")
    return begins, ends


def aware(moment: date | datetime, zone: tzinfo | None) -> datetime:
    """Return the time with its zone; a date begins at midnight."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - the zone follows
    if moment.tzinfo is None:
        if zone is None:
            raise Unreadable(f"the time zone of {moment.isoformat()} is missing")
        moment = moment.replace(tzinfo=zone)
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise Unreadable(f"{moment.isoformat()} is out of the calendar") from None
    return moment


def _offset(written: str | None) -> str:
    if written in (None, "Z"):
        return "+00:00" if written else ""
    sign, digits = written[0], written[1:].replace(":", "")
    hours, minutes = (digits, "00") if len(digits) <= 2 else (digits[:-2], digits[-2:])  # noqa: PLR2004
    return f"{sign}{hours:0>2}:{minutes}"
