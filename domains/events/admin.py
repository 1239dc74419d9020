"""Events, the tickets to them, and what happened at the door."""

from __future__ import annotations

from django.contrib import admin

from domains.base.admin import ReadOnlyAdmin, TableAdmin, count_column
from domains.events.models import Event, EventTicket, Scan


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
    readonly_fields = ("tickets_taken", "created_at")
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
