"""The look that is taken for all who follow their notifications in this process, in case that a wake-up was lost."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from weakref import WeakKeyDictionary

from django.utils import timezone

from domains.notifications import selectors
from graphql_api.live.database import until_it_answers
from graphql_api.live.switchboard import POLL, Wakeup, switchboard

#: Seconds between two looks; POLL while the channel layer is out of order.
PATIENCE = 25.0
#: How long before a look something may have been written that shows only now: transactions end, and clocks differ.
LATE = timedelta(seconds=60)
#: How many people one statement asks for.
MANY = 500


class Reader(Protocol):
    """Whoever follows the notifications of one person."""

    viewer_id: int

    def ring(self, wakeup: Wakeup) -> None:
        """Look soon."""


class NotificationPoller:
    """All who follow their notifications, and the one look for them."""

    def __init__(self) -> None:
        self._readers: set[Reader] = set()
        self._looking: asyncio.Task[None] | None = None

    def add(self, reader: Reader) -> None:
        """Look for this one too."""
        self._readers.add(reader)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_again())

    def remove(self, reader: Reader) -> None:
        """Look for this one no longer; one that was never added is fine."""
        self._readers.discard(reader)
        if not self._readers and self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _look_again(self) -> None:
        looked_at = timezone.now()
        while True:
            await asyncio.sleep(PATIENCE if switchboard().is_well else min(PATIENCE, POLL))
            began = timezone.now()
            await self._look(since=looked_at - LATE)
            looked_at = began

    async def _look(self, *, since: datetime) -> None:
        people = list({reader.viewer_id for reader in self._readers})
        for begin in range(0, len(people), MANY):
            some = people[begin : begin + MANY]
            told = await until_it_answers(partial(selectors.find_people_told_since, user_ids=some, since=since))
            for reader in tuple(self._readers):
                if reader.viewer_id in told:
                    reader.ring({})


_pollers: WeakKeyDictionary[asyncio.AbstractEventLoop, NotificationPoller] = WeakKeyDictionary()


def poller() -> NotificationPoller:
    """Return the poller of the running loop."""
    return _pollers.setdefault(asyncio.get_running_loop(), NotificationPoller())
