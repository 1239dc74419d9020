"""The times of the week that people write into their profiles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domains.base.errors import Code, Problem
from domains.base.week import MINUTES_OF_DAY, DaySlot, Weekday, merge

MAX_AVAILABILITY = 50
_TIME = re.compile(r"(\d\d):(\d\d)(?::00)?", re.ASCII)
_MINUTES_OF_HOUR = 60


@dataclass(frozen=True)
class FreeTime:
    """A part of a weekday, with times such as `18:30`; one that ends at `00:00` ends at the next midnight."""

    weekday: Weekday
    starts: str
    ends: str


def read_availability(times: Sequence[FreeTime]) -> tuple[list[list[int]], list[Problem]]:
    """Return the hours of the week that the times cover together, and what is wrong with the times."""
    if len(times) > MAX_AVAILABILITY:
        return [], [Problem(Code.TOO_LONG, f"Give at most {MAX_AVAILABILITY} times of the week.", "availability")]
    slots, problems = [], []
    for number, time in enumerate(times):
        field = f"availability.{number}"
        starts_at, ends_at = _read(time.starts), _read(time.ends) or MINUTES_OF_DAY
        if starts_at is None or starts_at == MINUTES_OF_DAY:
            problems.append(Problem(Code.INVALID, "Give a time from 00:00 to 23:59, such as 18:30.", f"{field}.from"))
        elif _read(time.ends) is None:
            problems.append(Problem(Code.INVALID, "Give a time from 00:01 to 24:00, such as 20:00.", f"{field}.to"))
        elif ends_at <= starts_at:
            sentence = (
                "This is not after the start. Write a night as two times: one to 00:00, and one from 00:00 on the next "
                "day."
            )
            problems.append(Problem(Code.INVALID, sentence, f"{field}.to"))
        else:
            slots.append(DaySlot(time.weekday, starts_at, ends_at))
    return merge(slots), problems


def _read(text: str) -> int | None:
    """Return the minutes since midnight, at most those of a day; None for what is no time of a day."""
    written = _TIME.fullmatch(text)
    if written is None or int(written[2]) >= _MINUTES_OF_HOUR:
        return None
    minutes = int(written[1]) * _MINUTES_OF_HOUR + int(written[2])
    return minutes if minutes <= MINUTES_OF_DAY else None


def write_time(minutes: int) -> str:
    """Return the time of a day as people read it; the end of the day is 00:00."""
    hour, minute = divmod(minutes % MINUTES_OF_DAY, _MINUTES_OF_HOUR)
    return f"{hour:02}:{minute:02}"
