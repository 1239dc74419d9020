"""What is held about people's events and tickets, for exports and for erasures."""

from __future__ import annotations

from domains.base.personal_data import PersonalRows, erases, prepares_erasure, register
from domains.events.models import CalendarFeed, Event, EventChange, EventTicket, FormerCode, Scan
from domains.events.services import cancel_tickets, erase_attendee

register(
    PersonalRows(
        Event,
        "host",
        "events",
        (
            "title",
            "description",
            "event_type",
            "status",
            "event_date",
            "end_date",
            "location",
            "location_zip",
            "latitude",
            "longitude",
            "max_attendees",
            "cancelled_reason",
            "cancelled_at",
        ),
    ),
    PersonalRows(
        EventTicket,
        "attendee",
        "tickets",
        (
            "event__title",
            "status",
            "ticket_code",
            "claimed_at",
            "issued_at",
            "waitlisted_at",
            "offer_expires_at",
            "cancelled_at",
            "revoked_at",
            "revoked_reason",
            "check_in_time",
            "is_inside",
            "last_passed_at",
        ),
    ),
    PersonalRows(
        FormerCode, "ticket__attendee", "former_ticket_codes", ("ticket__event__title", "ticket_code", "replaced_at")
    ),
    PersonalRows(EventChange, "actor", "event_changes", ("event__title", "before", "after", "at")),
    PersonalRows(CalendarFeed, "user", "calendar_feed", ("number", "replaced_at")),
    PersonalRows(
        Scan,
        "ticket__attendee",
        "check_ins",
        ("event__title", "outcome", "direction", "scanned_at", "recorded_at", "is_recorded_though_invalid"),
    ),
    PersonalRows(Scan, "scanned_by", "scans", ("event__title", "outcome", "direction", "scanned_at")),
)

prepares_erasure(cancel_tickets)
erases(erase_attendee)
