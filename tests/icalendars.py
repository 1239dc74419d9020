"""Reading iCalendar files back with the library."""

from __future__ import annotations

from typing import Any

from icalendar import Calendar


def read_calendar(content: bytes | str) -> Any:
    """Return the calendar; raises ValueError if the file is not one."""
    return Calendar.from_ical(content)


def entries_of(content: bytes | str) -> list[Any]:
    """Return the entries of the calendar."""
    return list(read_calendar(content).walk("VEVENT"))
