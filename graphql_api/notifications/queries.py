"""Queries of notifications."""

from __future__ import annotations

import strawberry
import strawberry_django
from django.db.models import QuerySet

from domains.notifications import models, selectors
from graphql_api.context import Info, signed_in
from graphql_api.notifications.types import NotificationConnection


@strawberry.type
class NotificationQueries:
    """Root query fields of notifications."""

    @strawberry_django.connection(
        NotificationConnection | None,  # type: ignore[arg-type] # the library knows nullable connections
        description="Notifications of the viewer, newest first. Needs a login.",
    )
    def notifications(self, info: Info) -> QuerySet[models.Notification]:
        """Return the viewer's notifications."""
        return selectors.find_notifications(viewer=signed_in(info))

    @strawberry.field(
        description="Public key for push subscriptions, to pass as `applicationServerKey` to the browser's push API; "
        "null if this server sends no push notifications."
    )
    def web_push_key(self) -> str | None:
        """Return the public key, or None if the server has no keys."""
        return selectors.get_web_push_key()
