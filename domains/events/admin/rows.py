"""The admin's tables that only record what happened: scans, changes, former codes, calendar feeds."""

from __future__ import annotations

from django.contrib import admin

from domains.base.admin import ReadOnlyAdmin
from domains.events.models import CalendarFeed, EventChange, FormerCode, Scan


@admin.register(Scan)
class ScanAdmin(ReadOnlyAdmin):
    """The door's log."""

    list_display = ("event", "ticket", "direction", "outcome", "scanned_by", "scanned_at", "recorded_at")
    list_filter = ("outcome", "direction", "scanned_at")
    search_fields = ("event__title", "ticket__attendee__display_name", "device_id", "nonce")


@admin.register(EventChange)
class EventChangeAdmin(ReadOnlyAdmin):
    """Changes to published events."""

    list_display = ("event", "actor", "at")
    list_filter = ("at",)
    search_fields = ("event__title", "actor__email")


@admin.register(FormerCode)
class FormerCodeAdmin(ReadOnlyAdmin):
    """Times at which holders have replaced their codes; the codes stay with them."""

    list_display = ("ticket", "replaced_at")
    list_filter = ("replaced_at",)
    search_fields = ("ticket__event__title", "ticket__attendee__display_name")
    exclude = ("ticket_code", "code_random")


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin):
    """How often people have replaced the address of their calendar feed."""

    list_display = ("user", "number", "replaced_at")
    list_filter = ("replaced_at",)
    search_fields = ("user__email",)
