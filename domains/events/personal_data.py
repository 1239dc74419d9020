"""What is held about people's events and tickets, for exports and for erasures."""

from __future__ import annotations

from domains.base.personal_data import PersonalRows, erases, register
from domains.events.models import Event, EventTicket, Scan
from domains.events.services import erase_attendee

register(
    PersonalRows(
        Event,
        "host",
        "events",
        ("title", "description", "event_type", "status", "event_date", "end_date", "location", "location_zip"),
    ),
    PersonalRows(
        EventTicket,
        "attendee",
        "tickets",
        ("event__title", "status", "ticket_code", "issued_at", "waitlisted_at", "check_in_time"),
    ),
    PersonalRows(Scan, "scanned_by", "scans", ("event__title", "outcome", "direction", "scanned_at")),
)

erases(erase_attendee)
