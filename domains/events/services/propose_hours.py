"""Proposing hours to the volunteers among an event's attendees."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime

from django.db import OperationalError, transaction
from django.utils import timezone

from domains.events.models import Event, EventTicket
from domains.events.selectors import find_events_to_propose, find_stays, find_tickets_to_propose
from domains.opportunities import services as opportunities

logger = logging.getLogger(__name__)


def propose_hours(*, event_id: int, ticket_ids: Collection[int], now: datetime | None = None) -> None:
    """The hours of these attendees are proposed as check-in recorded them; none if the event has no opportunity.

    A system act in one transaction for each ticket; safe to repeat and to run in parallel, and a later run follows
    later scans.
    """
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        return
    for ticket in find_tickets_to_propose(event=event).filter(pk__in=ticket_ids):
        _propose(ticket, event, now or timezone.now())


def propose_hours_of_ended_events(*, now: datetime | None = None) -> int:
    """The hours of everybody inside at the end of an event are proposed, until that end; returns how many events.

    A system act, once for each event. An event for which this fails is left to the next run.
    """
    now = now or timezone.now()
    return sum(_finish(event, now) for event in find_events_to_propose(now=now))


def _finish(event: Event, now: datetime) -> bool:
    try:
        for ticket in find_tickets_to_propose(event=event):
            _propose(ticket, event, now)
    except OperationalError as busy:
        logger.warning("hours at event %s are proposed later, somebody holds a volunteer: %s", event.pk, busy)
        return False
    except Exception:
        # An error at one event must not block the others.
        logger.exception("hours at event %s could not be proposed", event.pk)
        return False
    # If its organizers have changed it meanwhile, the next run begins anew.
    same = Event.objects.filter(pk=event.pk, opportunity=event.opportunity_id, end_date=event.end_date)
    return bool(same.filter(hours_proposed_at__isnull=True).update(hours_proposed_at=now))


@transaction.atomic
def _propose(ticket: EventTicket, event: Event, now: datetime) -> None:
    # Scans are read under the lock, so that of two runs the later one has seen all that the earlier one saw.
    opportunities.lock_volunteer(ticket.attendee_id)
    opportunities.propose_hours(
        volunteer_id=ticket.attendee_id,
        opportunity_id=event.opportunity_id,
        ticket_id=ticket.pk,
        stays=find_stays(ticket=ticket, event=event, now=now),
        is_over=event.end_date <= now,
    )
