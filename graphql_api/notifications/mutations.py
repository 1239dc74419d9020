"""Mutations of notifications, preferences and push subscriptions."""

from __future__ import annotations

import strawberry

from domains.base.errors import NotSignedIn
from domains.notifications import services
from graphql_api.context import Info, signed_in
from graphql_api.mutations import mutation
from graphql_api.notifications.inputs import (
    MarkNotificationsReadInput,
    RegisterPushSubscriptionInput,
    RemovePushSubscriptionInput,
    UpdateNotificationPreferencesInput,
)
from graphql_api.notifications.types import (
    NotificationPreferences,
    NotificationsReadReceipt,
    PushSubscription,
    PushSubscriptionsReceipt,
)
from graphql_api.relay.ids import known_or_nobody


@strawberry.type
class NotificationMutations:
    """Root mutation fields of notifications."""

    @mutation(
        NotificationsReadReceipt,
        description="Mark notifications as read. Repeating the call changes nothing. Needs a login.",
    )
    def mark_notifications_read(self, info: Info, input: MarkNotificationsReadInput) -> object:
        ids = input.notification_ids
        unread_count = services.mark_notifications_read(
            actor=signed_in(info),
            notification_ids=None if ids is None else [known_or_nobody(id, "Notification") for id in ids],
            is_all=input.all,
        )
        return NotificationsReadReceipt(unread_count=unread_count)

    @mutation(NotificationPreferences, description="Change the channels for kinds of notifications. Needs a login.")
    def update_notification_preferences(self, info: Info, input: UpdateNotificationPreferencesInput) -> object:
        channels = services.update_notification_preferences(
            actor=signed_in(info),
            changes=[
                services.PreferenceChange(
                    kind=one.kind, in_app=one.in_app, email=one.email, digest=one.digest, push=one.push
                )
                for one in input.preferences
            ],
        )
        return NotificationPreferences.of(channels)

    @mutation(
        PushSubscription,
        description="Register this browser for push notifications. The registration ends with the current session. Of "
        "more than 10 browsers of one user, the oldest is removed. Needs a login.",
    )
    def register_push_subscription(self, info: Info, input: RegisterPushSubscriptionInput) -> object:
        signed_in(info)
        session = info.context.session
        if session is None:
            raise NotSignedIn
        return services.register_push_subscription(
            session=session,
            endpoint=input.endpoint,
            p256dh=input.p256dh,
            auth=input.auth,
            device_name=input.device_name,
        )

    @mutation(
        PushSubscriptionsReceipt,
        description="Stop push notifications to a browser of the caller. Repeating the call changes nothing. Needs a "
        "login.",
    )
    def remove_push_subscription(self, info: Info, input: RemovePushSubscriptionInput) -> object:
        remaining = services.remove_push_subscription(actor=signed_in(info), endpoint=input.endpoint)
        return PushSubscriptionsReceipt(remaining_count=remaining)
