"""The subscription to the viewer's notifications."""

from __future__ import annotations

from collections.abc import AsyncGenerator
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
from graphql_api.live.streams import NOTHING, Stream, hand_over
from graphql_api.live.switchboard import Wakeup, switchboard
from graphql_api.notifications.poller import LOOK_BACK, poller
from graphql_api.notifications.types import Notification


@strawberry.type
class NotificationSubscriptions:
    """The subscriptions of notifications."""

    @strawberry.subscription(
        description="New notifications of the viewer, each delivered once, as they are created. Needs a login."
    )
    async def notification_received(self, info: Info) -> AsyncGenerator[Notification, None]:
        """Yield the notifications of a `NewsStream`."""
        stream = NewsStream(signed_in(info), info.context.outbound)
        await stream.begin()
        hand_over(info, stream)
        for notification in NOTHING:
            yield notification


class NewsStream(Stream):
    """Stream of one viewer's new notifications.

    `seen` holds recent notifications that were delivered, or that existed before the stream began.
    """

    def __init__(self, viewer: accounts.User, outbound: Outbound | None) -> None:
        super().__init__(outbound)
        self.viewer = viewer
        self.viewer_id = viewer.pk
        self.looked_at = timezone.now()
        self.seen: dict[int, datetime] = {}
        self._group = f"user.{viewer.pk}"
        self._has_news = False

    async def begin(self) -> None:
        """Join the group before the first read, so that no notification is lost in between."""
        try:
            await switchboard().add(self._group, self)
            poller().add(self)
            await self._look()
        except BaseException:
            await self.aclose()
            raise

    def ring(self, wakeup: Wakeup) -> None:
        """Read soon; wake-ups of the group that are not about notifications are ignored."""
        if not wakeup or "notifications" in wakeup:
            self._has_news = True
            self._wake()

    async def items(self) -> AsyncGenerator[Item, None]:
        """Yield new notifications; a wake-up only says when to read, and each read checks the viewer's right again."""
        while True:
            if not self._has_news:
                await self._news()
            self._has_news = False
            for notification in await self._look():
                yield Item(value=notification)

    async def _look(self) -> list[Any]:
        """Return notifications that were not seen yet, and remember them; it looks back LOOK_BACK for late commits."""
        began, since = timezone.now(), self.looked_at - LOOK_BACK
        rows = await until_it_answers(lambda: selectors.find_notifications_since(viewer=self.viewer, since=since))
        news = [row for row in rows if row.pk not in self.seen]
        self.seen |= {row.pk: row.created_at for row in news}
        self.looked_at = began
        self.seen = {pk: at for pk, at in self.seen.items() if at >= began - LOOK_BACK}
        return news

    async def aclose(self) -> None:
        """Leave the group."""
        await super().aclose()
        poller().remove(self)
        await switchboard().remove(self._group, self)
