"""What a subscription yields, and how a socket takes it over.

A resolver begins a Stream, which asks for the rights, and hands it over: from there the socket itself sends one
event after the other, and nothing of the machinery that began the operation has to stay in memory or be passed
through for each event.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from graphql_api.context import Info
from graphql_api.live.outbound import Outbound
from graphql_api.live.selections import Item, Selection, select


class Stream:
    """Events that wait for one subscription, in their order; the subclass says where they come from."""

    def __init__(self, outbound: Outbound | None) -> None:
        self.outbound = outbound or Outbound()
        # A list and a future, because a thousand streams that wait cost little so: a deque and an Event take 1.5 kB.
        self._waiting: list[Item] = []
        self._waiter: asyncio.Future[None] | None = None
        self._is_over = False

    def offer(self, item: Item) -> None:
        """Let the event wait; what only passes by is left out when much waits already."""
        if self._is_over or (item.sequence is None and not self.outbound.has_room(item.size)):
            return
        if self.outbound.add(item.size):
            self._waiting.append(item)
            self._wake()
        elif not self.outbound.has_client:
            self.end()  # where there is a socket, its end says so

    def end(self) -> None:
        """End the subscription now; what waits is not sent any more."""
        self._is_over = True
        self.drop()
        self._wake()

    def drop(self) -> None:
        """Forget what waits."""
        for item in self._waiting:
            self.outbound.remove(item.size)
        self._waiting.clear()

    async def next(self) -> Item | None:
        """Return the next event once there is one; None at the end."""
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
        """Wait until something is offered, or the end."""
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def items(self) -> AsyncIterator[Item]:
        """Yield the events until the end."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """Let go of everything; called once, however it ended."""
        self.end()


class Handover:
    """One operation of a socket, which may turn out to be a subscription that the socket takes over."""

    __slots__ = ("_name", "_query", "_variables", "selection", "stream")

    def __init__(self, query: str, name: str | None, variables: dict[str, Any] | None) -> None:
        self._query, self._name, self._variables = query, name, variables
        self.stream: Stream | None = None
        self.selection: Selection | None = None

    def take(self, info: Info, stream: Stream) -> None:
        """Take the stream over, with what the document selects of its events."""
        raw = info._raw_info  # the schema as graphql-core knows it
        self.stream = stream
        self.selection = select(raw.schema, self._query, self._name, self._variables, info.context)

    async def payloads(self) -> AsyncGenerator[str, None]:
        """Yield what the protocol sends for each event of the stream, as JSON, until its end."""
        if self.stream is None or self.selection is None:
            return
        async with contextlib.aclosing(self.stream.items()) as items:  # type: ignore[type-var]
            async for item in items:
                yield await item.payload(self.selection)


#: What the resolver of a subscription yields itself, once the socket has its stream.
NOTHING: tuple[Any, ...] = ()


def hand_over(info: Info, stream: Stream) -> None:
    """Give the stream to the socket, which sends its events from now on; subscriptions come by sockets only."""
    if info.context.handover is None:
        raise RuntimeError("a subscription was executed without a socket")
    info.context.handover.take(info, stream)
