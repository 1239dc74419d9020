"""Selectors for tickets."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, QuerySet

from domains.accounts.models import User
from domains.events.models import Event, EventTicket


def find_tickets(*, viewer: User | None) -> QuerySet[EventTicket]:
    """Return tickets to events that the viewer manages, and the viewer's own, oldest claim first."""
    return EventTicket.objects.visible_to(viewer).order_by("claimed_at", "pk")


def find_own_tickets(*, viewer: User | None) -> QuerySet[EventTicket]:
    """Return the viewer's own tickets, newest claim first; none without a viewer."""
    if viewer is None:
        return EventTicket.objects.none()
    return EventTicket.objects.filter(attendee=viewer).order_by("-claimed_at", "-pk")


def find_next_on_waitlist(*, event: Event) -> QuerySet[EventTicket]:
    """Return the event's waitlist without people who cannot take a slot now, in order; a system question."""
    able = User.objects.with_verified_email().filter(is_active=True)
    return EventTicket.objects.waiting_for(event).filter(attendee__in=able)


def count_attended(*, viewer: User | None, attendee_ids: Collection[int]) -> dict[int, int]:
    """Return at how many events each of the people was let in, as far as the viewer may see it."""
    attended = EventTicket.objects.visible_to(viewer).filter(attendee__in=attendee_ids, check_in_time__isnull=False)
    return dict(attended.order_by().values_list("attendee").annotate(Count("event", distinct=True)))
