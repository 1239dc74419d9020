"""The subscription to the viewer's notifications."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection
from datetime import datetime

import strawberry

from domains.notifications import selectors
from graphql_api.context import Info, signed_in
from graphql_api.live.news import News, NewsStream, Reading
from graphql_api.live.selections import Item
from graphql_api.live.streams import NOTHING, hand_over
from graphql_api.notifications.types import Notification


@strawberry.type
class NotificationSubscriptions:
    """The subscriptions of notifications."""

    @strawberry.subscription(
        description="New notifications of the viewer, each delivered once, as they are created. Needs a login."
    )
    async def notification_received(self, info: Info) -> AsyncGenerator[Notification, None]:
        """Yield the viewer's own feed of notifications."""
        viewer = signed_in(info)
        stream = NewsStream(NOTIFICATIONS, viewer.pk, viewer_id=viewer.pk, outbound=info.context.outbound)
        await stream.begin()
        hand_over(info, stream)
        for notification in NOTHING:
            yield notification


class Notifications:
    """Reads the notifications of users; the key of a feed is its user's."""

    name = "notifications"
    refusal = "Log in first."

    def group(self, key: int) -> str:
        """Return the user's group, whose wake-ups are about other things too."""
        return f"user.{key}"

    def read(self, key: int, *, since: datetime, seen: Collection[int], viewer_ids: Collection[int]) -> Reading:
        """Return the user's notifications; nobody else can follow them."""
        rows = selectors.find_notifications_since(user_id=key, since=since)
        news = [News(row.pk, row.created_at, Item(value=row)) for row in rows if row.pk not in seen]
        return Reading(news, permitted={key})

    def find_changed(self, keys: Collection[int], *, since: datetime) -> Collection[int]:
        """Return the users who got a notification."""
        return selectors.find_people_notified_since(user_ids=keys, since=since)


NOTIFICATIONS = Notifications()
