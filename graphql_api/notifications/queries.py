"""Questions about what one was told."""

from __future__ import annotations

from collections.abc import Iterable

import strawberry
import strawberry_django

from domains.notifications import selectors
from graphql_api.context import Info, signed_in
from graphql_api.notifications.types import Notification, NotificationConnection


@strawberry.type
class NotificationQueries:
    """The root fields of notifications."""

    @strawberry_django.connection(
        NotificationConnection | None,  # type: ignore[arg-type] # the library knows nullable connections
        description="What you were told, newest first. Needs a login.",
    )
    def notifications(self, info: Info) -> Iterable[Notification]:
        """Ask `selectors.find_notifications`."""
        return selectors.find_notifications(viewer=signed_in(info))  # type: ignore[return-value]

    @strawberry.field(
        description="The key that browsers subscribe to pushes with (`applicationServerKey`); null: no pushes."
    )
    def web_push_key(self) -> str | None:
        """Ask `selectors.get_web_push_key`."""
        return selectors.get_web_push_key()
