"""What is held about people's notifications, for exports and for erasures."""

from __future__ import annotations

from domains.base.personal_data import PersonalRows, erases, prepares_erasure, register
from domains.notifications.models import (
    Digest,
    MailDelivery,
    Notification,
    Preference,
    PushDelivery,
    PushSubscription,
)
from domains.notifications.services import forget_messages, forget_person, notify_of_freed_slots

WHEN = "It says only when a notification of yours was sent."

register(
    PersonalRows(Notification, "recipient", "notifications", ("kind", "title", "body", "created_at", "read_at")),
    PersonalRows(Preference, "user", "notification_preferences", ("kind", "in_app", "email", "digest", "push")),
    PersonalRows(Digest, "recipient", reason=WHEN),
    PersonalRows(MailDelivery, "notification__recipient", reason=WHEN),
    PersonalRows(PushDelivery, "notification__recipient", reason=WHEN),
    PersonalRows(PushSubscription, "session__user", "push_subscriptions", ("device_name", "endpoint", "created_at")),
)

prepares_erasure(notify_of_freed_slots)
prepares_erasure(forget_messages)
erases(forget_person)
