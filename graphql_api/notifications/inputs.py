"""Inputs of the notification mutations."""

from __future__ import annotations

import strawberry

from domains.notifications.services.mark_notifications_read import MAX_AT_ONCE
from graphql_api.checks.input_limits import list_field
from graphql_api.notifications.types import NotificationKind


@strawberry.input(description="Input of `markNotificationsRead`: either `notificationIds` or `all: true`.")
class MarkNotificationsReadInput:
    """The notifications to mark as read."""

    notification_ids: list[strawberry.ID] | None = list_field(
        MAX_AT_ONCE, "IDs of the notifications to mark as read.", service_answers=True, default=None
    )
    all: bool = strawberry.field(description="True to mark all notifications of the caller as read.", default=False)


@strawberry.input(
    description="Channels for one kind of notification. A channel that is omitted or null stays unchanged."
)
class NotificationPreferenceInput:
    """The channels of one kind of notification."""

    kind: NotificationKind = strawberry.field(description="Kind of notification that the channels are for.")
    email: bool | None = strawberry.field(
        description="Whether each notification is sent in a separate mail.", default=None
    )
    in_app: bool | None = strawberry.field(
        description="Whether notifications appear in `notifications` and `notificationReceived`.", default=None
    )
    digest: bool | None = strawberry.field(
        description="Whether the daily mail lists notifications that are unread and were not sent in a separate mail.",
        default=None,
    )
    push: bool | None = strawberry.field(
        description="Whether notifications are pushed to the user's registered browsers.", default=None
    )


@strawberry.input(description="Input of `updateNotificationPreferences`.")
class UpdateNotificationPreferencesInput:
    """The preferences to change."""

    preferences: list[NotificationPreferenceInput] = list_field(
        len(NotificationKind), "Kinds to change; each kind may appear once.", service_answers=True
    )


@strawberry.input(
    description="Input of `registerPushSubscription`: the values of the browser's `PushSubscription` object."
)
class RegisterPushSubscriptionInput:
    """The browser to register."""

    endpoint: str = strawberry.field(description="URL of the subscription at the browser's push service.")
    p256dh: str = strawberry.field(description="Public key `p256dh` of the subscription, in URL-safe Base64.")
    auth: str = strawberry.field(description="Secret `auth` of the subscription, in URL-safe Base64.")
    device_name: str = strawberry.field(description="Name of the browser; at most 80 characters.", default="")


@strawberry.input(description="Input of `removePushSubscription`.")
class RemovePushSubscriptionInput:
    """The browser to remove."""

    endpoint: str = strawberry.field(description="Endpoint that the browser was registered with.")
