"""The queue of events for one client, with its limits.

A client that reads more slowly than its events arrive must not cost the server memory. Events that are not in the log
(typing, receipts) are dropped first. If the events of the log exceed the limits too, the socket is closed; the client
catches up from its last sequence when it reconnects.
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
    """Replace the socket of a stream that has none."""


class Outbound:
    """Counts the events of all subscriptions of one socket that were read and not yet sent."""

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
        #: Number of heads sent to the client so far, of all the conversations that it follows.
        self.told = 0

    def has_room(self, size: int) -> bool:
        """Tell whether another event of this many bytes may be queued."""
        return self._events < MAX_EVENTS and self._size + size <= MAX_BYTES

    def add(self, size: int) -> bool:
        """Count a queued event. If there is no room, close the socket and return False."""
        if self.is_over:
            return False
        if not self.has_room(size):
            self.give_up()
            return False
        self._events += 1
        self._size += size
        return True

    def give_up(self) -> None:
        """Close the socket, because the client does not keep up."""
        if not self.is_over:
            self.is_over = True
            self._start(self._close(SLOW, "Too slow: reconnect and catch up from your last sequence"))

    def remove(self, size: int) -> None:
        """Stop counting an event that left the queue."""
        self._events -= 1
        self._size -= size

    def follow(self, conversation_ids: Iterable[int]) -> None:
        """Remember that the client follows these conversations: it receives their heads."""
        self._followed.update(list(conversation_ids))  # for a mapping, `update` would add the values

    def unfollow(self, conversation_ids: Iterable[int]) -> None:
        """Undo one call of `follow`."""
        self._followed.subtract(list(conversation_ids))
        self._followed = +self._followed

    @property
    def followed(self) -> Iterable[int]:
        """The conversations that the client follows."""
        return self._followed.keys()

    def send_soon(self, text: str) -> None:
        """Send a message that is not an event, unless the previous one is still being sent."""
        if not self._tasks and not self.is_over:
            self._start(self._send(text))

    def _start(self, doing: Awaitable[None]) -> None:
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)  # the event loop holds only weak references to tasks
        task.add_done_callback(self._tasks.discard)
