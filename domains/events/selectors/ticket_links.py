"""Selectors for the tickets that links lead to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from domains.accounts.models import User
from domains.events import tokens
from domains.events.models import EventTicket
from domains.events.policies import can_see_code

#: How long the link in a mail works after the event's end.
MAILED_LINK_GRACE = timedelta(days=7)


@dataclass(frozen=True)
class LinkedTicket:
    """A ticket, and whether the link to it comes from a mail, which may be in other hands than the holder's."""

    ticket: EventTicket
    is_mailed: bool


def find_linked_ticket(*, token: str) -> LinkedTicket | None:
    """Return the ticket of a link, with its event and organizers, whatever its status is.

    None if the link is forged or has expired, if the ticket's code was replaced since, if the account that the link was
    made for is closed, or if that person may not see the ticket's code any more.
    """
    link = tokens.read_ticket_link(token)
    if link is None:
        return None
    tickets = EventTicket.objects.select_related("attendee", "event__host", "event__organization")
    ticket = tickets.filter(pk=link.ticket_id).first()
    if ticket is None or not link.is_current(ticket):
        return None
    if link.viewer_id is None:
        is_open = ticket.attendee.is_active and timezone.now() < ticket.event.end_date + MAILED_LINK_GRACE
        return LinkedTicket(ticket, is_mailed=True) if is_open else None
    viewer = User.objects.filter(pk=link.viewer_id, is_active=True).first()
    is_shown = viewer is not None and can_see_code(viewer, ticket)
    return LinkedTicket(ticket, is_mailed=False) if is_shown else None
