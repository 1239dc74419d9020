"""Queries of notifications."""

from __future__ import annotations

from collections.abc import Iterable

import strawberry
import strawberry_django

from domains.notifications import selectors
from graphql_api.context import Info, signed_in
from graphql_api.notifications.types import Notification, NotificationConnection


@strawberry.type
class NotificationQueries:
    """Root query fields of notifications."""

    @strawberry_django.connection(
        NotificationConnection | None,  # type: ignore[arg-type] # the library knows nullable connections
        description="Notifications of the viewer, newest first. Needs a login.",
    )
    def notifications(self, info: Info) -> Iterable[Notification]:
        """Return the viewer's notifications."""
        return selectors.find_notifications(viewer=signed_in(info))  # type: ignore[return-value]

    @strawberry.field(
        description="Public key for push subscriptions, to pass as `applicationServerKey` to the browser's push API; "
        "null if this server sends no push notifications."
    )
    def web_push_key(self) -> str | None:
        """Return the public key, or None if the server has no keys."""
        return selectors.get_web_push_key()
