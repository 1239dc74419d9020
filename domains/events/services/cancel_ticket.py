"""Canceling a ticket."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.events.errors import EventCode
from domains.events.models import EventTicket, TicketStatus
from domains.events.services.moves import move
from domains.events.services.ticket_locks import lock_own


@transaction.atomic
def cancel_ticket(*, actor: User, ticket_id: int) -> EventTicket:
    """The holder's ticket is CANCELLED, and its slot, if any, offered to the next on the waitlist.

    A repeat returns the canceled ticket unchanged, even if an organizer canceled it. A ticket that was used at check-in
    stays: its slot is used, and the record of who came must not change with it. So does an ISSUED one after the event.
    Refuses with NOT_FOUND, FORBIDDEN (another person's ticket) and CLOSED (checked in already; the event is over).
    """
    ticket, event = lock_own(actor=actor, ticket_id=ticket_id)
    if ticket.status == TicketStatus.CANCELLED:
        return ticket
    now = timezone.now()
    if ticket.check_in_time is not None:
        message = "You were checked in with this ticket, so it can't be canceled. Check out when you leave."
        raise Refused.because(EventCode.CLOSED, message, "ticket_id")
    if ticket.status == TicketStatus.ISSUED and event.end_date <= now:
        message = "The event is over, so the ticket can't be canceled. You need not do anything."
        raise Refused.because(EventCode.CLOSED, message, "ticket_id")
    move(ticket=ticket, event=event, target=TicketStatus.CANCELLED, now=now)
    return ticket
