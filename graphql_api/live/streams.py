"""The event streams of subscriptions, and their handover to a socket.

A resolver begins a Stream, which checks the rights, and hands it over. From then on the socket sends the events
itself: the objects that executed the operation need not stay in memory, and no event has to pass through them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Any

from graphql_api.context import Info
from graphql_api.live.outbound import Outbound
from graphql_api.live.selections import Item, Selection, select


class Stream:
    """The queued events of one subscription, in order; subclasses define where the events come from."""

    def __init__(self, outbound: Outbound | None) -> None:
        self.outbound = outbound or Outbound()
        # A list and a future keep a thousand waiting streams small: a deque and an Event take 1.5 kB.
        self._waiting: list[Item] = []
        self._waiter: asyncio.Future[None] | None = None
        self._is_over = False

    def offer(self, item: Item) -> None:
        """Queue the event; an event that is not in the log is dropped if the queue is full."""
        if self._is_over or (item.sequence is None and not self.outbound.has_room(item.size)):
            return
        if self.outbound.add(item.size):
            self._waiting.append(item)
            self._wake()
        elif not self.outbound.has_client:
            self.end()  # if there is a socket, its close ends the stream

    def end(self) -> None:
        """End the subscription now; queued events are not sent."""
        self._is_over = True
        self.drop()
        self._wake()

    def drop(self) -> None:
        """Drop all queued events."""
        for item in self._waiting:
            self.outbound.remove(item.size)
        self._waiting.clear()

    async def next(self) -> Item | None:
        """Wait for the next event and return it, or None at the end of the stream."""
        while not self._waiting:
            if self._is_over:
                return None
            await self._news()
        return self._pop()

    def _pop(self) -> Item:
        item = self._waiting.pop(0)
        self.outbound.remove(item.size)
        return item

    async def _news(self) -> None:
        """Wait until an event is queued or the stream ends."""
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def items(self) -> AsyncGenerator[Item, None]:
        """Yield the events until the stream ends."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """Release all resources; called once, for whatever reason the stream ended."""
        self.end()


class Handover:
    """One operation of a socket; if it is a subscription, the socket takes over its stream."""

    __slots__ = ("_name", "_query", "_variables", "selection", "stream")

    def __init__(self, query: str, name: str | None, variables: dict[str, Any] | None) -> None:
        self._query, self._name, self._variables = query, name, variables
        self.stream: Stream | None = None
        self.selection: Selection | None = None

    def take(self, info: Info, stream: Stream) -> None:
        """Take over the stream, with the selection of the document."""
        raw = info._raw_info  # the schema as graphql-core knows it
        self.stream = stream
        self.selection = select(raw.schema, self._query, self._name, self._variables, info.context)

    async def payloads(self) -> AsyncGenerator[str, None]:
        """Yield the payload of each event of the stream, as JSON, until the stream ends."""
        if self.stream is None or self.selection is None:
            return
        async with contextlib.aclosing(self.stream.items()) as items:
            async for item in items:
                yield await item.payload(self.selection)


#: The resolver of a subscription yields no events itself after the handover.
NOTHING: tuple[Any, ...] = ()


def hand_over(info: Info, stream: Stream) -> None:
    """Hand the stream over to the socket, which sends its events from now on; subscriptions work over sockets only."""
    if info.context.handover is None:
        raise RuntimeError("a subscription was executed without a socket")
    info.context.handover.take(info, stream)
