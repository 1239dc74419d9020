"""Waiting until a subscription has nothing more to say, however slow the machine is just now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from graphql_api.live.streams import Stream

#: The streams that wait for news just now, while `watch_streams` lets them say so.
_waiting: set[Stream] = set()


def watch_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """Note which streams wait for news until the test is over."""
    news = Stream._news

    async def noted(self: Stream) -> None:
        _waiting.add(self)
        try:
            await news(self)
        finally:
            _waiting.discard(self)

    _waiting.clear()
    monkeypatch.setattr(Stream, "_news", noted)


async def until(holds: Callable[[], Any]) -> None:
    """Wait until the condition holds, for twenty seconds at the least."""
    for _ in range(2_000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never held")


async def is_silent(events: AsyncGenerator[Any, None]) -> asyncio.Task[Any]:
    """Wait until the subscription has joined its group and has nothing more to say; return its next answer to come."""
    others = set(_waiting)
    upcoming = asyncio.ensure_future(anext(events))
    await until(lambda: upcoming.done() or not _waiting <= others)
    done, _ = await asyncio.wait([upcoming], timeout=0.5)
    assert not done, upcoming.result()
    return upcoming
