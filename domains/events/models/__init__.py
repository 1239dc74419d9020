"""Events, tickets, the log of check-ins, and calendar feeds."""

from domains.events.models.calendars import CalendarFeed
from domains.events.models.choices import (
    LIVE_TICKET_STATUSES,
    PASSED_OUTCOMES,
    SLOT_HOLDING_STATUSES,
    VALID_OUTCOMES,
    EventStatus,
    EventType,
    ScanDirection,
    ScanOutcome,
    TicketStatus,
)
from domains.events.models.events import Event, EventChange, EventQuerySet, is_checked_in_by, is_managed_by
from domains.events.models.scans import MAX_DEVICE_ID_LENGTH, MAX_NONCE_LENGTH, Scan
from domains.events.models.tickets import (
    CODE_LENGTH,
    RANDOM_LENGTH,
    EventTicket,
    EventTicketQuerySet,
    FormerCode,
    new_code_random,
    new_ticket_code,
    tickets_at,
    tickets_to,
)
