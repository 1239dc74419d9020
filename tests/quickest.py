"""Measuring on a machine that others use too: a pause of the machine slows one try, what is slow slows each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

TRIES = 3


def quickest(measure: Callable[[], float], *, limit: float) -> float:
    """Return the seconds of the first try that took less than the limit, or of the quickest of three."""
    seconds = measure()
    for _ in range(TRIES - 1):
        if seconds < limit:
            break
        seconds = min(seconds, measure())
    return seconds


async def quickest_of(measure: Callable[[], Awaitable[float]], *, limit: float) -> float:
    """Return the same for what is awaited."""
    seconds = await measure()
    for _ in range(TRIES - 1):
        if seconds < limit:
            break
        seconds = min(seconds, await measure())
    return seconds
