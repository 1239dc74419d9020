"""Hours of a week: joined, split by day, and compared with a time that passes once."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.base.week import MINUTES_OF_DAY, MINUTES_OF_WEEK, DaySlot, Weekday, common_minutes, merge, split

#: A Monday.
MONDAY = datetime(2030, 5, 6)  # noqa: DTZ001 - the clock on the wall
days = (
    st.tuples(st.integers(0, MINUTES_OF_DAY - 1), st.integers(1, MINUTES_OF_DAY))
    .map(sorted)
    .filter(lambda p: p[0] < p[1])
)
slots = st.lists(st.builds(lambda day, pair: DaySlot(day, *pair), st.sampled_from(Weekday), days), max_size=20)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def minutes_of(some: list[DaySlot]) -> set[tuple[Weekday, int]]:
    return {(slot.weekday, minute) for slot in some for minute in range(slot.starts_at, slot.ends_at)}


@given(slots)
def test_merged_hours_are_the_same_minutes_without_overlaps_and_touching(some: list[DaySlot]) -> None:
    hours = merge(some)
    assert minutes_of(split(hours)) == minutes_of(some)
    assert all(start < end for start, end in hours)
    assert all(one[1] < other[0] for one, other in pairwise(hours))
    assert merge(split(hours)) == hours
    assert len(split(hours)) <= len(some)


def test_a_night_is_one_pair_and_is_shown_as_two_days() -> None:
    night = [DaySlot(Weekday.TUESDAY, 0, 120), DaySlot(Weekday.MONDAY, 22 * 60, MINUTES_OF_DAY)]
    assert merge(night) == [[22 * 60, 26 * 60]]
    assert split(merge(night)) == night[::-1]


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "minutes"),
    [
        (at(0, 9), at(0, 12), 180),
        (at(0, 8), at(0, 10), 60),
        (at(0, 12), at(0, 13), 0),
        (at(7, 9), at(7, 12), 180),
        (at(6, 23), at(7, 1), 120),
        (at(0, 0), at(7, 0), 300),
        (at(0, 0), at(14, 0), 600),
    ],
    ids=["all of it", "a part", "just after", "next Monday", "Sunday night", "a week", "two weeks"],
)
def test_the_minutes_in_common(starts_at: datetime, ends_at: datetime, minutes: int) -> None:
    hours = [[0, 60], [9 * 60, 12 * 60], [MINUTES_OF_WEEK - 60, MINUTES_OF_WEEK]]
    assert common_minutes(hours, starts_at, ends_at) == (minutes, (ends_at - starts_at) // timedelta(minutes=1))


def test_the_clock_on_the_wall_counts_when_clocks_are_changed() -> None:
    zone = ZoneInfo("America/New_York")
    start, end = (datetime(2030, 3, 10, hour, tzinfo=zone) for hour in (1, 6))
    sunday = merge([DaySlot(Weekday.SUNDAY, 60, 6 * 60)])
    assert common_minutes(sunday, start, end) == (300, 300)
