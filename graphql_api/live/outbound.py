"""What is on its way to one client: how much of it waits, and what happens when that is too much.

A client that reads slower than its conversations grow must not cost the server memory. What only passes by
(typing, receipts) is dropped first; if what must not be lost is too much as well, the socket is closed, and
the client catches up from its last sequence when it is back.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable

from graphql_api.live.close_codes import SLOW

MAX_EVENTS = 256
MAX_BYTES = 1024 * 1024

Send = Callable[[str], Awaitable[None]]
Close = Callable[[int, str], Awaitable[None]]


async def _nothing(*_: object) -> None:
    """Stand in for the socket of a stream that has none."""


class Outbound:
    """The events of all subscriptions of one socket that were read and not yet sent."""

    __slots__ = (
        "__weakref__",
        "_close",
        "_events",
        "_followed",
        "_send",
        "_size",
        "_tasks",
        "has_client",
        "is_over",
        "told",
    )

    def __init__(self, send: Send = _nothing, close: Close = _nothing) -> None:
        self._send, self._close = send, close
        self._events = self._size = 0
        self._followed: Counter[int] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_over = False
        self.has_client = send is not _nothing
        #: How many heads it was told so far, of the many that it may follow.
        self.told = 0

    def has_room(self, size: int) -> bool:
        """Tell whether so many bytes may wait besides what waits already."""
        return self._events < MAX_EVENTS and self._size + size <= MAX_BYTES

    def add(self, size: int) -> bool:
        """Count an event that waits; False if there is no room, which ends the socket."""
        if self.is_over:
            return False
        if not self.has_room(size):
            self.is_over = True
            self._start(self._close(SLOW, "Too slow: reconnect and catch up from your last sequence"))
            return False
        self._events += 1
        self._size += size
        return True

    def remove(self, size: int) -> None:
        """Count an event that waits no longer."""
        self._events -= 1
        self._size -= size

    def follow(self, conversation_ids: Iterable[int]) -> None:
        """Remember that the client follows these conversations: it is told of their heads."""
        self._followed.update(list(conversation_ids))  # of a mapping it would add the values

    def unfollow(self, conversation_ids: Iterable[int]) -> None:
        """Take back one `follow`."""
        self._followed.subtract(list(conversation_ids))
        self._followed = +self._followed

    @property
    def followed(self) -> Iterable[int]:
        """The conversations that the client follows."""
        return self._followed.keys()

    def send_soon(self, text: str) -> None:
        """Send a message besides the events, unless the one before is still stuck."""
        if not self._tasks and not self.is_over:
            self._start(self._send(text))

    def _start(self, doing: Awaitable[None]) -> None:
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)  # the loop itself holds tasks weakly
        task.add_done_callback(self._tasks.discard)
