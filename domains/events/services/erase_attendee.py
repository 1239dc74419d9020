"""What becomes of events and tickets when an account is erased."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC
from itertools import islice

from django.db import transaction
from django.utils import timezone

from domains.base import bus
from domains.base.errors import NotFound
from domains.base.personal_data import ErasedPerson
from domains.events import facts
from domains.events.models import (
    LIVE_TICKET_STATUSES,
    SLOT_HOLDING_STATUSES,
    Event,
    EventStatus,
    EventTicket,
    Scan,
    TicketStatus,
)
from domains.events.services.moves import count_slots, move, offer_slots
from domains.events.services.ticket_locks import lock_with_event

HOLDERS_PER_FACT = 1_000


def cancel_tickets(person: ErasedPerson) -> None:
    """The person's live tickets are canceled, as if by the person: slots go to the next on the waitlists.

    Slots at events that are over stay until the rows go. A system act, in transactions of its own.
    """
    live = EventTicket.objects.filter(attendee=person.user_id, status__in=LIVE_TICKET_STATUSES)
    to_come = live.filter(event__end_date__gt=timezone.now()).order_by("event", "pk")
    for ticket_id, event_id in list(to_come.values_list("pk", "event_id")):
        person.pause()
        _cancel(ticket_id, event_id)


@transaction.atomic
def _cancel(ticket_id: int, event_id: int) -> None:
    try:
        ticket, event = lock_with_event(ticket_id=ticket_id, event_id=event_id)
    except NotFound:
        return
    now = timezone.now()
    if ticket.status != TicketStatus.CANCELLED and event.end_date > now:
        move(ticket=ticket, event=event, target=TicketStatus.CANCELLED, now=now)


def erase_attendee(person: ErasedPerson) -> None:
    """The person's tickets are removed, and their slots are free; so are events that no organization holds.

    Slots that became taken since `cancel_tickets` are offered on, too. People with a ticket to one of the removed
    events that is not over are notified, without what the person wrote about it. Events of organizations stay, without
    the person who made them; so do scans, without ticket, scanner and device.
    A system act, in the transaction in which the person's rows go.
    """
    _remove_own_events(person)
    _free_slots(person.user_id)
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


def _free_slots(user_id: int) -> None:
    tickets = EventTicket.objects.filter(attendee=user_id)
    # Locked in one order: slots are counted one change at a time.
    events = list(Event.objects.select_for_update(no_key=True).filter(pk__in=tickets.values("event")).order_by("pk"))
    holding = tickets.filter(status__in=SLOT_HOLDING_STATUSES)
    held = Counter(holding.values_list("event_id", flat=True))
    # Check-in locks tickets only: wait for the scans that are being stored, so that all of them lose the ticket.
    list(tickets.select_for_update().order_by("pk").values_list("pk"))
    tickets.delete()
    for event in events:
        if number := held[event.pk]:
            count_slots(event=event, taken=-number)
            offer_slots(event=event, now=timezone.now(), number=number)


def _batches(keys: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(keys)
    while some := list(islice(rest, HOLDERS_PER_FACT)):
        yield some
