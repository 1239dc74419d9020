"""Accepting or refusing the offer of a free slot at an event."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Code, Refused
from domains.events.errors import EventCode
from domains.events.models import Event, EventStatus, EventTicket, TicketStatus
from domains.events.services.claim_ticket import NOT_VERIFIED
from domains.events.services.moves import move
from domains.events.services.ticket_locks import lock_own

#: What the holder of a ticket without an offer can do, by the ticket's status.
WITHOUT_OFFER = {
    TicketStatus.ISSUED: "The ticket is ISSUED already. Cancel it with `cancelTicket`.",
    TicketStatus.WAITLISTED: "The ticket is WAITLISTED, and no slot is offered yet. Wait for the notification.",
    TicketStatus.CANCELLED: "The ticket is CANCELLED, so it has no offer. Claim another one with `claimTicket`.",
}
EVENT_CANCELLED = "The event is canceled, and so is the ticket. Look for another event."


@transaction.atomic
def answer_ticket_offer(*, actor: User, ticket_id: int, accept: bool) -> EventTicket:
    """The ticket is ISSUED, or it is CANCELLED and the slot offered to the next on the waitlist.

    A repeat changes nothing. Refuses with NOT_FOUND, FORBIDDEN (another person's offer), EXPIRED (the deadline has
    passed), CONFLICT (there is no offer; the message names the status) and EMAIL_NOT_VERIFIED (to accept; the offer
    stays open until its deadline).
    """
    ticket, event = lock_own(actor=actor, ticket_id=ticket_id)
    target = TicketStatus.ISSUED if accept else TicketStatus.CANCELLED
    if ticket.status == target:
        return ticket
    now = timezone.now()
    _refuse_without_offer(ticket, event, now)
    if accept and not actor.is_email_verified:
        raise Refused(NOT_VERIFIED)
    move(ticket=ticket, event=event, target=target, now=now)
    return ticket


def _refuse_without_offer(ticket: EventTicket, event: Event, now: datetime) -> None:
    if event.status == EventStatus.CANCELLED:
        raise Refused.because(Code.CONFLICT, EVENT_CANCELLED, "ticket_id")
    has_expired = ticket.status == TicketStatus.CANCELLED and ticket.offer_expires_at is not None
    if has_expired or ticket.is_overdue(now):
        message = (
            "The offer has expired, and the slot goes to the next on the waitlist. To wait again, claim another ticket."
        )
        raise Refused.because(EventCode.EXPIRED, message, "ticket_id")
    if ticket.status != TicketStatus.OFFERED:
        raise Refused.because(Code.CONFLICT, WITHOUT_OFFER[ticket.status], "ticket_id")
