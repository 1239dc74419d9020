"""What becomes of events and tickets when an account is erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from itertools import islice

from django.db.models import Count, F
from django.utils import timezone

from domains.base import bus
from domains.base.personal_data import ErasedPerson
from domains.events import facts
from domains.events.models import (
    LIVE_TICKET_STATUSES,
    SLOT_HOLDING_STATUSES,
    Event,
    EventStatus,
    EventTicket,
    Scan,
)

HOLDERS_PER_FACT = 1_000


def erase_attendee(person: ErasedPerson) -> None:
    """The person's tickets are removed, and their slots are free; so are events that no organization holds.

    People with a ticket to one of these that is not over are notified, without what the person wrote about it.
    Events of organizations stay, without the person who made them; so do scans, without ticket, scanner and device.
    A system act, in the transaction in which the person's rows go.
    """
    _remove_own_events(person)
    tickets = EventTicket.objects.filter(attendee=person.user_id)
    # Locked in one order: slots are counted one change at a time.
    list(Event.objects.select_for_update(no_key=True).filter(pk__in=tickets.values("event")).order_by("pk"))
    taken = tickets.filter(status__in=SLOT_HOLDING_STATUSES).values_list("event").annotate(Count("pk"))
    for event_id, number in list(taken):
        Event.objects.filter(pk=event_id).update(tickets_taken=F("tickets_taken") - number)
    tickets.delete()
    Scan.objects.filter(scanned_by=person.user_id).update(device_id="")


def _remove_own_events(person: ErasedPerson) -> None:
    events = Event.objects.filter(host=person.user_id, organization__isnull=True)
    to_come = events.filter(status=EventStatus.PUBLISHED, end_date__gt=timezone.now())
    for event in to_come.select_for_update(no_key=True).order_by("pk"):
        tickets = EventTicket.objects.filter(event=event, status__in=LIVE_TICKET_STATUSES)
        holders = tickets.exclude(attendee=person.user_id).order_by("pk").values_list("attendee", flat=True)
        for some in _batches(holders.iterator(HOLDERS_PER_FACT)):
            begins_at = event.event_date.astimezone(UTC).isoformat()
            bus.publish(facts.EventRemoved(event_id=event.pk, begins_at=begins_at, holder_ids=some))
    events.delete()


def _batches(keys: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(keys)
    while some := list(islice(rest, HOLDERS_PER_FACT)):
        yield some
