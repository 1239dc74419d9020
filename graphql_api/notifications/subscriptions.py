"""Hearing of notifications as they come."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any

import strawberry
from django.utils import timezone

from domains.accounts import models as accounts
from domains.notifications import selectors
from graphql_api.context import Info, signed_in
from graphql_api.database import in_database
from graphql_api.live import Listener, listen
from graphql_api.notifications.types import Notification

#: Without a wake-up the database is looked at after so many seconds.
PATIENCE = 25.0
#: How long before a look something may have been written that shows only now: transactions end, and clocks differ.
LATE = timedelta(seconds=60)


@strawberry.type
class NotificationSubscriptions:
    """The subscriptions of notifications."""

    @strawberry.subscription(description="What you are told from now on, each thing once, as it comes. Needs a login.")
    async def notification_received(self, info: Info) -> AsyncGenerator[Notification, None]:
        """Follow what the viewer is told as `NewsFollower` does."""
        async for notification in NewsFollower(signed_in(info)).follow():
            yield notification


class NewsFollower:
    """One viewer's new notifications; `seen` are those near the last look that are delivered, or were there before."""

    def __init__(self, viewer: accounts.User) -> None:
        self.viewer = viewer
        self.looked_at = timezone.now()
        self.seen: dict[int, datetime] = {}

    async def follow(self) -> AsyncGenerator[Any, None]:
        """Yield what is new at each look; a wake-up only says when to look.

        The group is joined before the first look, so that nothing falls between the look and the waiting. The look
        asks for the viewer's right anew: it shows only what is theirs, while their account is open.
        """
        async with listen(f"user.{self.viewer.pk}") as listener:
            await self._look()
            while True:
                await self._wait(listener)
                for notification in await self._look():
                    yield notification

    async def _look(self) -> list[Any]:
        """Return what was not seen yet, and remember it; what commits late is found by looking back a little."""
        began, since = timezone.now(), self.looked_at - LATE
        rows = await in_database(lambda: selectors.find_told_since(viewer=self.viewer, since=since))
        news = [row for row in rows if row.pk not in self.seen]
        self.seen |= {row.pk: row.created_at for row in news}
        self.looked_at = began
        self.seen = {pk: at for pk, at in self.seen.items() if at >= began - LATE}
        return news

    async def _wait(self, listener: Listener) -> None:
        """Wait until it is time to look; wake-ups of the group about other things are none."""
        while True:
            wakeup = await listener.wait(PATIENCE)
            if not wakeup or "notifications" in wakeup:
                return
