"""A client that does not keep up costs the server little, and is put out."""

from __future__ import annotations

import asyncio
from typing import Any

from graphql_api.live.close_codes import SLOW
from graphql_api.live.outbound import MAX_BYTES, MAX_EVENTS, Outbound
from graphql_api.live.selections import Item
from graphql_api.live.streams import Stream


class Ends:
    """Notes how a socket was closed."""

    def __init__(self) -> None:
        self.codes: list[int] = []

    async def __call__(self, code: int, reason: str) -> None:
        """Note it."""
        self.codes.append(code)


async def nothing(text: str) -> None:
    """Send nothing."""


def logged(number: int, size: int = 100) -> Item:
    return Item(value=number, sequence=number, size=size)


async def test_what_passes_by_is_dropped_first_and_then_the_socket() -> None:
    ends = Ends()
    stream = Stream(Outbound(nothing, ends))
    for number in range(1, MAX_EVENTS + 1):
        stream.offer(logged(number))
    stream.offer(Item(value="typing"))
    await asyncio.sleep(0)
    assert ends.codes == []
    stream.offer(logged(MAX_EVENTS + 1))
    await asyncio.sleep(0.01)
    assert ends.codes == [SLOW]


async def test_bytes_are_bounded_as_events_are_over_all_subscriptions_of_a_socket() -> None:
    ends = Ends()
    outbound = Outbound(nothing, ends)
    one, other = Stream(outbound), Stream(outbound)
    one.offer(logged(1, MAX_BYTES // 2))
    other.offer(logged(1, MAX_BYTES // 2))
    assert not outbound.has_room(1)
    assert await one.next() is not None
    assert outbound.has_room(MAX_BYTES // 2)
    other.offer(logged(2, MAX_BYTES))
    await asyncio.sleep(0.01)
    assert ends.codes == [SLOW]


async def test_an_ended_subscription_gives_its_room_back() -> None:
    outbound = Outbound()
    stream = Stream(outbound)
    stream.offer(logged(1, MAX_BYTES))
    stream.end()
    assert outbound.has_room(MAX_BYTES)
    assert await stream.next() is None


async def test_a_ping_that_is_stuck_is_not_followed_by_more() -> None:
    sent: list[str] = []
    go = asyncio.Event()

    async def send(text: str) -> None:
        sent.append(text)
        await go.wait()

    outbound = Outbound(send, Ends())
    for text in ("one", "two"):
        outbound.send_soon(text)
        await asyncio.sleep(0)
    go.set()
    await asyncio.sleep(0.01)
    outbound.send_soon("three")
    await asyncio.sleep(0.01)
    assert sent == ["one", "three"]


async def test_followed_conversations_are_counted_by_subscription() -> None:
    outbound: Any = Outbound()
    outbound.follow({1: 700, 2: 0})
    outbound.follow([1])
    outbound.unfollow([1, 2])
    assert list(outbound.followed) == [1]
