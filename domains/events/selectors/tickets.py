"""Selectors for tickets."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, QuerySet

from domains.accounts.models import User
from domains.accounts.selectors import find_verified_ids
from domains.events.models import Event, EventTicket


def find_tickets(*, viewer: User | None) -> QuerySet[EventTicket]:
    """Return tickets to events that the viewer manages, and the viewer's own, oldest claim first."""
    return EventTicket.objects.visible_to(viewer).order_by("claimed_at", "pk")


def find_own_tickets(*, viewer: User | None) -> QuerySet[EventTicket]:
    """Return the viewer's own tickets, newest claim first; none without a viewer."""
    if viewer is None:
        return EventTicket.objects.none()
    return EventTicket.objects.filter(attendee=viewer).order_by("-claimed_at", "-pk")


def find_next_on_waitlist(*, event: Event, number: int) -> list[EventTicket]:
    """Return the first on the waitlist who can take a slot of the event now, at most `number`; a system question.

    The others have closed their accounts or have not verified their addresses; they keep their positions. The people
    are looked up by their keys: a join would read all people of a large community.
    """
    waiting = EventTicket.objects.waiting_for(event).select_related("attendee").only("event", "attendee__is_active")

    def choose(tickets: list[EventTicket]) -> list[EventTicket]:
        verified = find_verified_ids(user_ids=[ticket.attendee_id for ticket in tickets])
        return [ticket for ticket in tickets if ticket.attendee.is_active and ticket.attendee_id in verified]

    return waiting.first_able(number, choose)


def count_attended(*, viewer: User | None, attendee_ids: Collection[int]) -> dict[int, int]:
    """Return at how many events each of the people was let in, as far as the viewer may see it."""
    attended = EventTicket.objects.visible_to(viewer).filter(attendee__in=attendee_ids, check_in_time__isnull=False)
    return dict(attended.order_by().values_list("attendee").annotate(Count("event", distinct=True)))
