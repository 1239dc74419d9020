"""Closes sockets when their session ends: at once if the wake-up arrives, else within POLL_SECONDS."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from weakref import WeakKeyDictionary

from domains.accounts import selectors as accounts
from graphql_api.live.database import in_database
from graphql_api.live.switchboard import Wakeup, switchboard

logger = logging.getLogger("mishmob.sockets")

#: Seconds between two polls of all sessions with open sockets; one statement polls all of them.
POLL_SECONDS = 3.0

End = Callable[[], Awaitable[None]]


class SessionWatch:
    """The sessions of the open sockets in this process, and the callback that ends each socket."""

    def __init__(self) -> None:
        self._ends: defaultdict[int, set[End]] = defaultdict(set)
        self._look_now = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def add(self, session_id: int, end: End) -> None:
        """Await `end()` when the session ends, unless it was removed before."""
        self._ends[session_id].add(end)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._watch())
        await switchboard().add(f"session.{session_id}", self)

    async def remove(self, session_id: int, end: End) -> None:
        """Remove the callback; a callback that was never added is ignored."""
        ends = self._ends.get(session_id)
        if ends is None:
            return
        ends.discard(end)
        if not ends:
            del self._ends[session_id]
            await switchboard().remove(f"session.{session_id}", self)
        if not self._ends and self._task is not None:
            self._task.cancel()
            self._task = None

    def ring(self, wakeup: Wakeup) -> None:  # the poll finds which session ended
        """Poll at once, because a session may have ended."""
        self._look_now.set()

    async def _watch(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._look_now.wait()
            self._look_now.clear()
            try:
                await self._end_what_is_over()
            except Exception:
                # Without the database, sessions cannot be checked; the sockets stay open until it is back.
                logger.exception("sessions could not be looked at")
                await asyncio.sleep(POLL_SECONDS)

    async def _end_what_is_over(self) -> None:
        watched = set(self._ends)
        alive = await in_database(lambda: accounts.find_live_session_ids(among=watched))
        for session_id in watched - alive:
            for end in tuple(self._ends.get(session_id, ())):
                await end()


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, SessionWatch] = WeakKeyDictionary()


def session_watch() -> SessionWatch:
    """Return the watch of the running loop."""
    return _watches.setdefault(asyncio.get_running_loop(), SessionWatch())
