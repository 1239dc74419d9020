"""Notifications: that somebody was told, never what; the texts may quote a conversation."""

from __future__ import annotations

from django.contrib import admin

from domains.base.admin import ReadOnlyAdmin
from domains.notifications.models import Notification


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """Who was told what kind of thing, and whether it was read."""

    list_display = ("recipient", "kind", "subject_type", "subject_id", "created_at", "read_at")
    list_filter = ("kind", ("read_at", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("recipient",)
    search_fields = ("recipient__email", "recipient__display_name", "key")
    exclude = ("title", "body")
    ordering = ("-id",)
