"""Expiring offers of slots at events that were not answered in time."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from domains.base import bus
from domains.events import facts
from domains.events.models import EventTicket, TicketStatus
from domains.events.services.moves import move
from domains.events.services.ticket_locks import lock_with_event


def expire_ticket_offers(*, now: datetime | None = None) -> int:
    """Each ticket with an overdue offer is CANCELLED and its slot offered to the next on the waitlist.

    Returns how many were; `WaitlistQuerySet.expire_offers` says what happens to the others. A system act; refuses
    nothing.
    """
    return EventTicket.objects.all().expire_offers(_expire, now)


def _expire(ticket_id: int, now: datetime) -> bool:
    event_id = EventTicket.objects.values_list("event_id", flat=True).get(pk=ticket_id)
    ticket, event = lock_with_event(ticket_id=ticket_id, event_id=event_id)
    # The attendee may have answered, or another worker expired it, while this waited for the lock.
    if ticket.status != TicketStatus.OFFERED:
        return False
    # Not before the moves of people who joined the waitlist while this waited for the lock.
    move(ticket=ticket, event=event, target=TicketStatus.CANCELLED, now=max(now, timezone.now()))
    bus.publish(facts.TicketOfferExpired(ticket_id=ticket.pk))
    return True
