"""What the mutations of notifications take."""

from __future__ import annotations

import strawberry

from domains.notifications.services.mark_notifications_read import MAX_AT_ONCE
from graphql_api.checks.input_limits import list_field
from graphql_api.notifications.types import NotificationKind


@strawberry.input(description="What `markNotificationsRead` takes: the ones, or all.")
class MarkNotificationsReadInput:
    """Which were read."""

    notification_ids: list[strawberry.ID] | None = list_field(
        MAX_AT_ONCE, "Those that you have read.", service_answers=True, default=None
    )
    all: bool = strawberry.field(description="True for every one that you have.", default=False)


@strawberry.input(description="How you want to be told of one kind of thing; what is left out stays as it is.")
class NotificationPreferenceInput:
    """The channels of one kind."""

    kind: NotificationKind = strawberry.field(description="The kind.")
    email: bool | None = strawberry.field(description="By a mail of its own.", default=None)
    in_app: bool | None = strawberry.field(description="In the list of notifications, and live.", default=None)
    digest: bool | None = strawberry.field(
        description="In the daily mail, if it is unread and had no mail of its own.", default=None
    )
    push: bool | None = strawberry.field(description="By a push to your browsers.", default=None)


@strawberry.input(description="What `updateNotificationPreferences` takes.")
class UpdateNotificationPreferencesInput:
    """What is to be different."""

    preferences: list[NotificationPreferenceInput] = list_field(
        len(NotificationKind), "Each kind once.", service_answers=True
    )


@strawberry.input(description="What `registerPushSubscription` takes: what the browser's PushSubscription holds.")
class RegisterPushSubscriptionInput:
    """A browser."""

    endpoint: str = strawberry.field(description="The address at the browser's push service.")
    p256dh: str = strawberry.field(description="The key `p256dh`, in URL-safe Base64.")
    auth: str = strawberry.field(description="The key `auth`, in URL-safe Base64.")
    device_name: str = strawberry.field(description="What you call it; at most 80 characters.", default="")


@strawberry.input(description="What `removePushSubscription` takes.")
class RemovePushSubscriptionInput:
    """A browser."""

    endpoint: str = strawberry.field(description="The address it was registered with.")
