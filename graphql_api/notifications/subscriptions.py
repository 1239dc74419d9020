"""Hearing of notifications as they come."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime
from typing import Any

import strawberry
from django.utils import timezone

from domains.accounts import models as accounts
from domains.notifications import selectors
from graphql_api.context import Info, signed_in
from graphql_api.live.database import until_it_answers
from graphql_api.live.outbound import Outbound
from graphql_api.live.selections import Item
from graphql_api.live.streams import Stream, hand_over
from graphql_api.live.switchboard import Wakeup, switchboard
from graphql_api.notifications.poller import LATE, poller
from graphql_api.notifications.types import Notification


@strawberry.type
class NotificationSubscriptions:
    """The subscriptions of notifications."""

    @strawberry.subscription(description="What you are told from now on, each thing once, as it comes. Needs a login.")
    async def notification_received(self, info: Info) -> AsyncGenerator[Notification, None]:
        """Follow what the viewer is told as `NewsStream` does."""
        stream = NewsStream(signed_in(info), info.context.outbound)
        await stream.begin()
        async with contextlib.aclosing(hand_over(info, stream)) as news:
            async for notification in news:
                yield notification


class NewsStream(Stream):
    """One viewer's new notifications; `seen` are those near the last look that are delivered, or were there before."""

    def __init__(self, viewer: accounts.User, outbound: Outbound | None) -> None:
        super().__init__(outbound)
        self.viewer = viewer
        self.viewer_id = viewer.pk
        self.looked_at = timezone.now()
        self.seen: dict[int, datetime] = {}
        self._group = f"user.{viewer.pk}"
        self._has_news = False

    async def begin(self) -> None:
        """Join the group before the first look, so that nothing falls between the look and the waiting."""
        try:
            await switchboard().add(self._group, self)
            poller().add(self)
            await self._look()
        except BaseException:
            await self.aclose()
            raise

    def ring(self, wakeup: Wakeup) -> None:
        """Look soon; wake-ups of the group about other things are none."""
        if not wakeup or "notifications" in wakeup:
            self._has_news = True
            self._wake()

    async def items(self) -> AsyncIterator[Item]:
        """Yield what is new at each look, which asks for the viewer's right anew; a wake-up only says when to look."""
        while True:
            if not self._has_news:
                await self._news()
            self._has_news = False
            for notification in await self._look():
                yield Item(value=notification)

    async def _look(self) -> list[Any]:
        """Return what was not seen yet, and remember it; what commits late is found by looking back a little."""
        began, since = timezone.now(), self.looked_at - LATE
        rows = await until_it_answers(lambda: selectors.find_told_since(viewer=self.viewer, since=since))
        news = [row for row in rows if row.pk not in self.seen]
        self.seen |= {row.pk: row.created_at for row in news}
        self.looked_at = began
        self.seen = {pk: at for pk, at in self.seen.items() if at >= began - LATE}
        return news

    async def aclose(self) -> None:
        """Leave the group."""
        await super().aclose()
        poller().remove(self)
        await switchboard().remove(self._group, self)
