"""Events, the tickets to them, and what happened at the door."""

from __future__ import annotations

from django.contrib import admin

from domains.base.admin import ReadOnlyAdmin, TableAdmin, count_column
from domains.events.models import CalendarFeed, Event, EventChange, EventTicket, FormerCode, Scan


@admin.register(Event)
class EventAdmin(TableAdmin):
    """Events, and how full they are."""

    list_display = (
        "title",
        "event_type",
        "status",
        "event_date",
        "organization",
        "tickets_taken",
        "max_attendees",
        count_column("scans", Scan, "event"),
    )
    list_filter = ("status", "event_type", "event_date")
    search_fields = ("title", "location", "location_zip", "organization__organization_name", "host__email")
    autocomplete_fields = ("host", "organization", "opportunity")
    readonly_fields = ("tickets_taken", "created_at", "cancelled_at")
    ordering = ("-event_date",)


@admin.register(EventTicket)
class EventTicketAdmin(ReadOnlyAdmin):
    """Tickets; the code that opens the door stays with its holder."""

    list_display = ("attendee", "event", "status", "issued_at", "check_in_time")
    list_filter = ("status", ("check_in_time", admin.EmptyFieldListFilter), "issued_at")
    search_fields = ("attendee__email", "attendee__display_name", "event__title")


@admin.register(Scan)
class ScanAdmin(ReadOnlyAdmin):
    """The door's log."""

    list_display = ("event", "ticket", "direction", "outcome", "scanned_by", "scanned_at", "recorded_at")
    list_filter = ("outcome", "direction", "scanned_at")
    search_fields = ("event__title", "ticket__attendee__email", "device_id", "nonce")


@admin.register(EventChange)
class EventChangeAdmin(ReadOnlyAdmin):
    """Changes to published events."""

    list_display = ("event", "actor", "at")
    list_filter = ("at",)
    search_fields = ("event__title", "actor__email")


@admin.register(FormerCode)
class FormerCodeAdmin(ReadOnlyAdmin):
    """Codes that holders have replaced."""

    list_display = ("ticket", "replaced_at")
    list_filter = ("replaced_at",)
    search_fields = ("ticket__event__title", "ticket__attendee__email")


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin):
    """How often people have replaced the address of their calendar feed."""

    list_display = ("user", "number", "replaced_at")
    list_filter = ("replaced_at",)
    search_fields = ("user__email",)
