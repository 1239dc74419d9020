"""Moves of tickets: under the event's lock, count its slots, all in one transaction.

The services decide who may move what, and make every move through this module (canceling an event cancels its tickets
by itself). So each slot that becomes free is offered once to the next attendee on the waitlist who may have it,
whichever move freed it.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from domains.base import bus
from domains.base.errors import Refused
from domains.base.waitlist import latest_deadline, offer_deadline
from domains.events import facts
from domains.events.errors import EventCode
from domains.events.models import SLOT_HOLDING_STATUSES, Event, EventStatus, EventTicket, TicketStatus
from domains.events.selectors import find_next_on_waitlist

#: How many offers one statement makes.
MAX_OFFERS_AT_ONCE = 1_000
IS_FULL = "All tickets to this event are taken. Join the waitlist with `joinWaitlist: true`."


def move(*, ticket: EventTicket, event: Event, target: TicketStatus, now: datetime) -> None:
    """The ticket has the status `target`, and its slot is counted in the locked event.

    The caller has locked the ticket, too, or creates it, and checks that its holder may make the move. A slot that this
    frees is offered to the next on the waitlist. Refuses with FULL.
    """
    had_slot = not ticket._state.adding and ticket.status in SLOT_HOLDING_STATUSES
    taken = (target in SLOT_HOLDING_STATUSES) - had_slot
    if taken > 0 and is_full(event):
        raise Refused.because(EventCode.FULL, IS_FULL, "event_id")
    _set_status(ticket, event, target, now)
    if taken:
        count_slots(event=event, taken=taken)
    if target == TicketStatus.ISSUED:
        bus.publish(facts.TicketIssued(ticket_id=ticket.pk))
    if taken < 0:
        offer_slots(event=event, now=now, number=-taken)


def is_full(event: Event) -> bool:
    """Return whether every slot of the event is taken; an event without a maximum is never full."""
    return event.max_attendees is not None and event.tickets_taken >= event.max_attendees


def offer_slots(*, event: Event, now: datetime, number: int | None = None) -> None:
    """Free slots of the locked event are offered to the first on the waitlist: at most `number`, or all that are free.

    People whose account is closed or whose address is not verified are skipped, and keep their positions. Events that
    are over or canceled make no offers. A system act.
    """
    if event.status != EventStatus.PUBLISHED or event.end_date <= now:
        return
    free = None if event.max_attendees is None else event.max_attendees - event.tickets_taken
    left = min((one for one in (number, free) if one is not None), default=None)
    while left is None or left > 0:
        size = MAX_OFFERS_AT_ONCE if left is None else min(left, MAX_OFFERS_AT_ONCE)
        made = _offer(event, now, size)
        left = None if left is None else left - made
        if made < size:
            return


def shorten_offers(*, event: Event, now: datetime) -> None:
    """No offer of the locked event ends after the event's start, or after its end if it has begun.

    Call it after the dates of the event have changed. A system act.
    """
    latest = latest_deadline(starts_at=event.event_date, ends_at=event.end_date, now=now)
    EventTicket.objects.filter(event=event).bring_offers_forward(latest)


def _offer(event: Event, now: datetime, number: int) -> int:
    ticket_ids = [ticket.pk for ticket in find_next_on_waitlist(event=event, number=number)]
    if ticket_ids:
        deadline = offer_deadline(starts_at=event.event_date, ends_at=event.end_date, now=now)
        offered = EventTicket.objects.filter(pk__in=ticket_ids)
        offered.update(status=TicketStatus.OFFERED, offer_expires_at=deadline)
        count_slots(event=event, taken=len(ticket_ids))
        bus.publish(*(facts.TicketOffered(ticket_id=ticket_id) for ticket_id in ticket_ids))
    return len(ticket_ids)


def _set_status(ticket: EventTicket, event: Event, target: TicketStatus, now: datetime) -> None:
    is_expired = target == TicketStatus.CANCELLED and ticket.is_overdue(now)
    ticket.status = target
    if target == TicketStatus.WAITLISTED:
        ticket.waitlisted_at = EventTicket.objects.end_of_waitlist(event, now)
    elif target == TicketStatus.ISSUED:
        ticket.issued_at = now
    elif target == TicketStatus.CANCELLED:
        ticket.cancelled_at = now
    if not is_expired:
        ticket.offer_expires_at = None
    ticket.save()


def count_slots(*, event: Event, taken: int) -> None:
    """Count more slots of the locked event as taken, or fewer if negative."""
    Event.objects.filter(pk=event.pk).update(tickets_taken=F("tickets_taken") + taken)
    event.tickets_taken += taken
