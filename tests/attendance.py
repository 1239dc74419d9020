"""Volunteers at events of their opportunities: what check-in recorded of them, and the hours that it proposes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from domains.events import services
from domains.events.models import Event, EventTicket, ScanDirection, ScanOutcome
from domains.opportunities.models import Application, HoursEntry, HoursStatus
from tests.factories import ApplicationFactory, EventFactory, EventTicketFactory, ScanFactory

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
#: The events of this module go from noon to three, ten days ago.
NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=10)
THREE = NOON + 3 * HOUR


def volunteer_at_event(*, begins: datetime = NOON, ends: datetime = THREE, **application: Any) -> EventTicket:
    """Return the ticket of a volunteer whose application for the event's opportunity is accepted."""
    times = {"role__opportunity__start_date": begins, "role__opportunity__end_date": ends}
    accepted = ApplicationFactory(**{"status": "ACCEPTED", "role__opportunity__past": True, **times, **application})
    opportunity = accepted.role.opportunity
    event = EventFactory(organization=opportunity.host, opportunity=opportunity, event_date=begins, end_date=ends)
    return EventTicketFactory(event=event, attendee=accepted.volunteer)


def application_of(ticket: EventTicket) -> Application:
    """Return the application of the ticket's holder."""
    return Application.objects.get(volunteer=ticket.attendee, role__opportunity=ticket.event.opportunity)


def enter(ticket: EventTicket, at: datetime, **scan: Any) -> None:
    """Record an entry."""
    ScanFactory(ticket=ticket, scanned_at=at, **{"outcome": ScanOutcome.ADMITTED, **scan})
    _derive_presence(ticket)


def leave(ticket: EventTicket, at: datetime, **scan: Any) -> None:
    """Record an exit."""
    direction = ScanDirection.EXIT
    ScanFactory(ticket=ticket, scanned_at=at, direction=direction, **{"outcome": ScanOutcome.EXITED, **scan})
    _derive_presence(ticket)


def propose(ticket: EventTicket, now: datetime | None = None) -> list[tuple[datetime, datetime]]:
    """Propose the hours of this ticket, and return all that is proposed to its holder."""
    services.propose_hours(event_id=ticket.event_id, ticket_ids=[ticket.pk], now=now)
    return proposed_to(ticket)


def proposed_to(ticket: EventTicket) -> list[tuple[datetime, datetime]]:
    """Return the times of the entries that are proposed to the ticket's holder."""
    rows = HoursEntry.objects.filter(volunteer=ticket.attendee, status=HoursStatus.PROPOSED)
    return list(rows.order_by("started_at").values_list("started_at", "ended_at"))


def the_proposal(ticket: EventTicket) -> HoursEntry:
    """Return the only entry that is proposed to the ticket's holder."""
    return HoursEntry.objects.get(volunteer=ticket.attendee, status=HoursStatus.PROPOSED)


def end_event(ticket: EventTicket, **columns: Any) -> Event:
    """Write the columns of the ticket's event past all rules, and return it."""
    Event.objects.filter(pk=ticket.event_id).update(**columns)
    ticket.event.refresh_from_db()
    return ticket.event


def _derive_presence(ticket: EventTicket) -> None:
    """Set what check-in derives from scans."""
    scans = ticket.scans.order_by("scanned_at", "direction")
    entries = scans.filter(direction=ScanDirection.ENTRY)
    first, last = entries.first(), scans.last()
    ticket.check_in_time = first.scanned_at if first else None
    ticket.is_inside = bool(last and last.direction == ScanDirection.ENTRY)
    ticket.last_passed_at = last.scanned_at if last else None
    ticket.save()
