"""Hours of a week that repeats: pairs of minutes since the beginning of Monday, the second one excluded.

The pairs are sorted, and neither overlap nor touch. So a night is one pair, except that from Sunday to Monday.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MINUTES_OF_DAY = 24 * 60
MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY
_MINUTE = timedelta(minutes=1)

Hours = Sequence[Sequence[int]]


class Weekday(StrEnum):
    """The days of a week."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


_WEEKDAYS = tuple(Weekday)


@dataclass(frozen=True)
class DaySlot:
    """A part of one day, in minutes since its midnight; it ends at the next midnight or before."""

    weekday: Weekday
    starts_at: int
    ends_at: int


def merge(slots: Iterable[DaySlot]) -> list[list[int]]:
    """Return the hours that the slots cover together."""
    pairs = []
    for slot in slots:
        midnight = _WEEKDAYS.index(slot.weekday) * MINUTES_OF_DAY
        pairs.append([midnight + slot.starts_at, midnight + slot.ends_at])
    merged: list[list[int]] = []
    for start, end in sorted(pairs):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def split(hours: Hours) -> list[DaySlot]:
    """Return the hours day by day, from Monday on."""
    slots = []
    for start, end in hours:
        for number in range(start // MINUTES_OF_DAY, -(-end // MINUTES_OF_DAY)):
            midnight = number * MINUTES_OF_DAY
            slots.append(
                DaySlot(_WEEKDAYS[number], max(start - midnight, 0), min(end - midnight, MINUTES_OF_DAY)),
            )
    return slots


def common_minutes(hours: Hours, starts_at: datetime, ends_at: datetime) -> tuple[int, int]:
    """Return for how many minutes from `starts_at` to `ends_at` the hours last, and how many minutes there are in all.

    Both are local times of one zone. The clock on the wall counts, so that it does not matter when clocks are changed.
    """
    midnight = starts_at.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - timedelta(days=midnight.weekday())
    first, last = ((at.replace(tzinfo=None) - monday) // _MINUTE for at in (starts_at, ends_at))
    common = sum(
        max(min(end + week, last) - max(start + week, first), 0)
        for week in range(0, last, MINUTES_OF_WEEK)
        for start, end in hours
    )
    return common, last - first
