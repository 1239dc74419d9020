"""Admin of notifications, without their texts, which may quote private content, and of their deliveries."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin

from domains.base.admin import QueueAdmin, QueueFilter, ReadOnlyAdmin
from domains.notifications.models import (
    Digest,
    MailDelivery,
    Notification,
    Preference,
    PushDelivery,
    PushSubscription,
)


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """Notifications: recipient, kind, and whether they were read."""

    list_display = ("recipient", "kind", "subject_type", "subject_id", "is_in_app", "created_at", "read_at")
    list_filter = ("kind", ("read_at", admin.EmptyFieldListFilter), "created_at")
    search_fields = ("recipient__email", "recipient__display_name", "template")
    exclude = ("title", "body")


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    """Preferences that differ from the defaults."""

    list_display = ("user", "kind", "in_app", "email", "digest", "push")
    list_filter = ("kind", "in_app", "email", "digest", "push")
    search_fields = ("user__email", "user__display_name")


@admin.register(MailDelivery)
class MailDeliveryAdmin(QueueAdmin):
    """The mails about notifications."""

    list_display = ("notification", "due_at", "attempts", "is_sent", "done_at", "last_error")
    search_fields = ("notification__recipient__email", "last_error")


@admin.register(Digest)
class DigestAdmin(QueueAdmin):
    """The daily mails."""

    list_display = ("recipient", "day", "due_at", "attempts", "is_sent", "done_at", "last_error")
    list_filter: ClassVar[Any] = (QueueFilter, "day")
    search_fields = ("recipient__email", "last_error")


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ReadOnlyAdmin):
    """Browsers subscribed to pushes, without their secrets."""

    list_display = ("session", "device_name", "created_at")
    list_filter = ("created_at",)
    search_fields = ("session__user__email", "device_name")
    exclude = ("endpoint", "p256dh", "auth")


@admin.register(PushDelivery)
class PushDeliveryAdmin(QueueAdmin):
    """The pushes about notifications."""

    list_display = ("notification", "subscription", "due_at", "attempts", "is_sent", "done_at", "last_error")
    search_fields = ("notification__recipient__email", "last_error")
