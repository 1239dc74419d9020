"""Replacing the code of a ticket."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus, rates
from domains.base.errors import Code, Refused
from domains.events import facts
from domains.events.models import EventTicket, FormerCode, TicketStatus, new_code_random, new_ticket_code
from domains.events.services.ticket_locks import find_own, lock_ticket

#: How often the code of a ticket may be replaced: each former code is kept.
MAX_ROTATIONS_PER_DAY = 10


@transaction.atomic
def rotate_ticket(*, actor: User, ticket_id: int) -> EventTicket:
    """The ticket has a new code, and the former one answers REVOKED at check-in from now on.

    For the holder of a ticket whose code others may know. Only the ticket is locked, because no slot changes.
    Refuses with NOT_FOUND, FORBIDDEN (another person's ticket), CONFLICT (it is not ISSUED, so it has no code; the
    message names the status) and RATE_LIMITED.
    """
    ticket = lock_ticket(ticket_id=find_own(actor=actor, ticket_id=ticket_id).pk)
    if ticket.status != TicketStatus.ISSUED:
        message = f"The ticket is {ticket.status}; only one that is ISSUED has a code to replace."
        raise Refused.because(Code.CONFLICT, message, "ticket_id")
    rates.spend(what="rotate_ticket", key=str(ticket.pk), limit=MAX_ROTATIONS_PER_DAY, seconds=86400)
    former = FormerCode.objects.create(
        ticket=ticket, ticket_code=ticket.ticket_code, code_random=ticket.code_random, replaced_at=timezone.now()
    )
    ticket.ticket_code, ticket.code_random = new_ticket_code(), new_code_random()
    ticket.save(update_fields=["ticket_code", "code_random"])
    bus.publish(facts.TicketRotated(ticket_id=ticket.pk, former_code_id=former.pk))
    return ticket
