"""Selectors for the time that people spent at events, as hours to propose to volunteers. All are system questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from domains.events.models import VALID_OUTCOMES, Event, EventTicket, Scan, ScanDirection
from domains.opportunities.models import WORKING_STATUSES, Application, HoursEntry, HoursStatus, Stay

Passage = tuple[str, datetime]


def find_events_to_propose(*, now: datetime) -> QuerySet[Event]:
    """Return the events of opportunities that have ended and whose attendees were not proposed their hours yet."""
    ended = Event.objects.filter(opportunity__isnull=False, hours_proposed_at__isnull=True, end_date__lte=now)
    return ended.order_by("end_date", "pk")


def find_tickets_to_propose(*, event: Event) -> QuerySet[EventTicket]:
    """Return the tickets of volunteers of the event's opportunity who came in, and those with open proposals."""
    working = Application.objects.filter(
        volunteer=OuterRef("attendee"), role__opportunity=event.opportunity_id, status__in=WORKING_STATUSES
    )
    proposed = HoursEntry.objects.filter(
        volunteer=OuterRef("attendee"), proposed_from=OuterRef("pk"), status=HoursStatus.PROPOSED
    )
    came = EventTicket.objects.filter(event=event, check_in_time__isnull=False)
    return came.filter(Exists(working) | Exists(proposed)).order_by("pk")


def find_stays(*, ticket: EventTicket, event: Event, now: datetime) -> list[Stay]:
    """Return the times that the ticket's holder spent inside, by the ticket's valid scans, whatever order they came in.

    Of an entry and an exit at the same time, the exit counts as the last, as for who is inside. Once the event has
    ended, a stay without an exit lasts until the event's end, and from its begin at the earliest.
    """
    scans = Scan.objects.filter(ticket=ticket, event=event, outcome__in=VALID_OUTCOMES)
    passages = scans.order_by("scanned_at", "direction").values_list("direction", "scanned_at")
    return list(pair_passages(passages, event=event, now=now))


def pair_passages(passages: Iterable[Passage], *, event: Event, now: datetime) -> Iterator[Stay]:
    """Yield the stays of passages in order of time; an entry while inside and an exit while outside change nothing."""
    came_at = None
    for direction, at in passages:
        if direction == ScanDirection.ENTRY:
            came_at = came_at or at
        elif came_at is not None:
            yield Stay(came_at, at)
            came_at = None
    over_at = min(event.end_date, event.cancelled_at or event.end_date)
    if came_at is not None and over_at <= now and (began_at := max(came_at, event.event_date)) < over_at:
        yield Stay(began_at, over_at)
