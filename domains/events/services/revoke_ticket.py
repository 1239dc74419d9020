"""Revoking a ticket."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, Refused
from domains.events import facts
from domains.events.models import EventTicket, TicketStatus
from domains.events.services.moves import move
from domains.events.services.ticket_locks import lock_to_revoke
from domains.opportunities.services.values import clean_note

MAX_REASON_LENGTH = EventTicket._meta.get_field("revoked_reason").max_length or 0


@transaction.atomic
def revoke_ticket(*, actor: User, ticket_id: int, reason: str = "") -> EventTicket:
    """The ticket is CANCELLED and revoked: its codes answer REVOKED, and its attendee can't claim another one.

    Its slot, if any, is offered to the next on the waitlist. Also one that was used at check-in can be revoked, and
    then it does not let its holder in again. A repeat changes nothing. Refuses with NOT_FOUND, FORBIDDEN (only the
    event's managers may), TOO_LONG and INVALID (the reason), and CONFLICT (it was canceled already).
    """
    ticket, event = lock_to_revoke(actor=actor, ticket_id=ticket_id)
    words = clean_note(reason, max_length=MAX_REASON_LENGTH, field="reason")
    if ticket.revoked_at is not None:
        return ticket
    if ticket.status == TicketStatus.CANCELLED:
        raise Refused.because(Code.CONFLICT, "The ticket is CANCELLED already, and lets nobody in.", "ticket_id")
    now = timezone.now()
    ticket.revoked_at, ticket.revoked_reason = now, words
    move(ticket=ticket, event=event, target=TicketStatus.CANCELLED, now=now)
    bus.publish(facts.TicketRevoked(ticket_id=ticket.pk))
    return ticket
