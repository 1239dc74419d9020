"""Shared steps of services that change a ticket: find it, lock its event and then itself, in that order."""

from __future__ import annotations

from domains.accounts.models import User
from domains.base.errors import NotAllowed, NotFound
from domains.events import policies
from domains.events.models import Event, EventTicket
from domains.events.services.locks import lock_event


def lock_own(*, actor: User, ticket_id: int) -> tuple[EventTicket, Event]:
    """Lock and return the actor's own ticket and its event; refuses with NOT_FOUND and FORBIDDEN."""
    ticket = find_own(actor=actor, ticket_id=ticket_id)
    return lock_with_event(ticket_id=ticket.pk, event_id=ticket.event_id)


def lock_to_revoke(*, actor: User, ticket_id: int) -> tuple[EventTicket, Event]:
    """Lock and return the ticket and its event for one of its managers; refuses with NOT_FOUND and FORBIDDEN."""
    ticket = _find(actor, ticket_id)
    if not policies.can_manage_event(actor, ticket.event):
        raise NotAllowed("Only the organizers of the event may revoke its tickets.")
    return lock_with_event(ticket_id=ticket.pk, event_id=ticket.event_id)


def find_own(*, actor: User, ticket_id: int) -> EventTicket:
    """Return the actor's own ticket, not locked; refuses with NOT_FOUND and FORBIDDEN."""
    ticket = _find(actor, ticket_id)
    if not policies.can_use_ticket(actor, ticket):
        raise NotAllowed("Only the holder of the ticket may do this.")
    return ticket


def lock_with_event(*, ticket_id: int, event_id: int) -> tuple[EventTicket, Event]:
    """Lock the event, then the ticket, and return both as they are now; refuses with NOT_FOUND if one is gone."""
    event = lock_event(viewer=None, event_id=event_id)
    return lock_ticket(ticket_id=ticket_id), event


def lock_ticket(*, ticket_id: int) -> EventTicket:
    """Lock and return the ticket as it is now; refuses with NOT_FOUND if it is gone."""
    ticket = EventTicket.objects.select_for_update(no_key=True).filter(pk=ticket_id).first()
    if ticket is None:
        raise NotFound("ticket", "ticket_id")
    return ticket


def _find(viewer: User, ticket_id: int) -> EventTicket:
    ticket = EventTicket.objects.visible_to(viewer).select_related("event").filter(pk=ticket_id).first()
    if ticket is None:
        raise NotFound("ticket", "ticket_id")
    return ticket
