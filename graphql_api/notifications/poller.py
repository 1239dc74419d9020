"""Polls for new notifications of all subscribers of this process, in case a wake-up was lost."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from weakref import WeakKeyDictionary

from django.utils import timezone

from domains.notifications import selectors
from graphql_api.live.database import until_it_answers
from graphql_api.live.switchboard import POLL_SECONDS, Wakeup, switchboard

#: Seconds between two polls; POLL_SECONDS while the channel layer is not working.
IDLE_POLL_SECONDS = 25.0
#: How far a poll looks back: a transaction may commit later than its rows' timestamps, and clocks differ.
LOOK_BACK = timedelta(seconds=60)
#: Maximum number of users in one statement.
BATCH_SIZE = 500


class Reader(Protocol):
    """A stream of one user's notifications."""

    viewer_id: int

    def ring(self, wakeup: Wakeup) -> None:
        """Read new notifications soon."""


class NotificationPoller:
    """Polls the database once for all notification streams of this process."""

    def __init__(self) -> None:
        self._readers: set[Reader] = set()
        self._looking: asyncio.Task[None] | None = None

    def add(self, reader: Reader) -> None:
        """Include the stream in the polls."""
        self._readers.add(reader)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_again())

    def remove(self, reader: Reader) -> None:
        """Exclude the stream from the polls; a stream that was never added is ignored."""
        self._readers.discard(reader)
        if not self._readers and self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _look_again(self) -> None:
        looked_at = timezone.now()
        while True:
            await asyncio.sleep(IDLE_POLL_SECONDS if switchboard().is_well else min(IDLE_POLL_SECONDS, POLL_SECONDS))
            began = timezone.now()
            await self._look(since=looked_at - LOOK_BACK)
            looked_at = began

    async def _look(self, *, since: datetime) -> None:
        people = list({reader.viewer_id for reader in self._readers})
        for begin in range(0, len(people), BATCH_SIZE):
            some = people[begin : begin + BATCH_SIZE]
            told = await until_it_answers(partial(selectors.find_people_notified_since, user_ids=some, since=since))
            for reader in tuple(self._readers):
                if reader.viewer_id in told:
                    reader.ring({})


_pollers: WeakKeyDictionary[asyncio.AbstractEventLoop, NotificationPoller] = WeakKeyDictionary()


def poller() -> NotificationPoller:
    """Return the poller of the running loop."""
    return _pollers.setdefault(asyncio.get_running_loop(), NotificationPoller())
