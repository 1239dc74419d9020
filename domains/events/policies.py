"""Who may do what with events and tickets."""

from __future__ import annotations

from domains.accounts.models import User
from domains.events.models import Event, EventTicket
from domains.opportunities.policies import can_run_host


def can_manage_event(user: User, event: Event) -> bool:
    """I manage an event of an organization that I run; an event without an organization, if I created it."""
    if event.organization_id is not None:
        return can_run_host(user, event.organization_id)
    return event.host_id == user.pk


def can_use_ticket(user: User, ticket: EventTicket) -> bool:
    """I may cancel my own ticket, replace its code, and answer its offer; nobody else may."""
    return ticket.attendee_id == user.pk


def can_see_code(user: User, ticket: EventTicket) -> bool:
    """I see the codes of my own tickets, and of tickets to events that I manage; a scanner sees none."""
    return ticket.attendee_id == user.pk or can_manage_event(user, ticket.event)
