"""Selectors for events and tickets."""

from domains.events.selectors.attendees import (
    LinkedAttendees,
    Passages,
    TicketCounts,
    attendee_columns,
    count_passages,
    count_tickets,
    event_time_zone,
    find_attendee_rows,
    find_linked_attendees,
)
from domains.events.selectors.calendars import (
    MAX_ENTRIES,
    PAST,
    find_event_entry,
    find_feed_entries,
    find_feed_owner,
)
from domains.events.selectors.check_ins import (
    CheckInCounts,
    EventAtDoor,
    count_check_ins,
    find_at_door,
    find_checked_in_events,
    find_people_at_door,
    find_scans,
    find_scans_since,
    get_check_in_counts,
    show_as_answered,
)
from domains.events.selectors.events import (
    BY_DATE,
    EventFilters,
    find_cancelled_holders,
    find_event,
    find_event_managers,
    find_events,
    find_managed_events,
    find_ticket_holders,
)
from domains.events.selectors.stays import find_events_to_propose, find_stays, find_tickets_to_propose
from domains.events.selectors.ticket_links import LinkedTicket, find_linked_ticket
from domains.events.selectors.tickets import (
    count_attended,
    find_next_on_waitlist,
    find_own_tickets,
    find_tickets,
)
