"""Notifications: that somebody was told, never what; the texts may quote what is private. And what is to go out."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from domains.base.admin import DeliveryFilter, ReadOnlyAdmin
from domains.notifications.models import (
    Digest,
    MailDelivery,
    Notification,
    Posting,
    Preference,
    PushDelivery,
    PushSubscription,
)


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """Who was told what kind of thing, and whether it was read."""

    list_display = ("recipient", "kind", "subject_type", "subject_id", "is_in_app", "created_at", "read_at")
    list_filter = ("kind", ("read_at", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("recipient",)
    search_fields = ("recipient__email", "recipient__display_name", "key")
    exclude = ("title", "body")
    ordering = ("-id",)


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    """How people want to be told, where it differs from the defaults."""

    list_display = ("user", "kind", "in_app", "email", "digest", "push")
    list_filter = ("kind", "in_app", "email", "digest", "push")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__display_name")
    ordering = ("-id",)


class PostingFilter(DeliveryFilter):
    """What went out, what waits, and what failed or was given up."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the four states."""
        return [*super().lookups(request, model_admin), ("parked", "Given up")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's shape
        """Keep those in the chosen state."""
        states: dict[str | None, dict[str, Any]] = {
            "waiting": {"done_at__isnull": True, "attempts__lt": Posting.MAX_ATTEMPTS},
            "failed": {"done_at__isnull": True, "attempts__gt": 0},
            "delivered": {"is_sent": True},
            "parked": {"done_at__isnull": True, "attempts__gte": Posting.MAX_ATTEMPTS},
        }
        return queryset.filter(**states.get(self.value(), {}))


class PostingAdmin(ReadOnlyAdmin):
    """What is to go out, and a second try."""

    list_filter: ClassVar[Any] = (PostingFilter, "due_at")
    ordering = ("-id",)
    actions = ("send_again",)

    @admin.action(description="Try again", permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Make what never went out due once more, however often it failed; what was sent is not sent again."""
        number = queryset.filter(done_at__isnull=True).update(attempts=0, due_at=timezone.now(), last_error="")
        self.message_user(request, f"{number} will be tried again in a moment.")

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Those who may change the rows may have them tried again."""
        return request.user.has_perm(f"notifications.change_{self.model._meta.model_name}")


@admin.register(MailDelivery)
class MailDeliveryAdmin(PostingAdmin):
    """The mails about notifications."""

    list_display = ("notification", "due_at", "attempts", "is_sent", "done_at", "last_error")
    list_select_related = ("notification",)
    search_fields = ("notification__recipient__email", "last_error")


@admin.register(Digest)
class DigestAdmin(PostingAdmin):
    """The daily mails."""

    list_display = ("recipient", "day", "due_at", "attempts", "is_sent", "done_at", "last_error")
    list_filter: ClassVar[Any] = (PostingFilter, "day")
    list_select_related = ("recipient",)
    search_fields = ("recipient__email", "last_error")


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ReadOnlyAdmin):
    """The browsers that take pushes; never their secrets."""

    list_display = ("session", "device_name", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("session",)
    search_fields = ("session__user__email", "device_name")
    exclude = ("endpoint", "p256dh", "auth")
    ordering = ("-id",)


@admin.register(PushDelivery)
class PushDeliveryAdmin(PostingAdmin):
    """The pushes about notifications."""

    list_display = ("notification", "subscription", "due_at", "attempts", "is_sent", "done_at", "last_error")
    list_select_related = ("notification", "subscription")
    search_fields = ("notification__recipient__email", "last_error")
