"""What becomes of events and tickets when an account is erased."""

from __future__ import annotations

from django.db.models import Count, F

from domains.base.personal_data import ErasedPerson
from domains.events.models import SLOT_HOLDING_STATUSES, Event, EventTicket, Scan


def erase_attendee(person: ErasedPerson) -> None:
    """The person's tickets are removed, and their slots are free; so are events that no organization holds.

    Events of organizations stay, without the person who made them; so do scans, without ticket, scanner and device.
    A system act, in the transaction in which the person's rows go.
    """
    Event.objects.filter(host=person.user_id, organization__isnull=True).delete()
    tickets = EventTicket.objects.filter(attendee=person.user_id)
    # Locked in one order: slots are counted one change at a time.
    list(Event.objects.select_for_update(no_key=True).filter(pk__in=tickets.values("event")).order_by("pk"))
    taken = tickets.filter(status__in=SLOT_HOLDING_STATUSES).values_list("event").annotate(Count("pk"))
    for event_id, number in list(taken):
        Event.objects.filter(pk=event_id).update(tickets_taken=F("tickets_taken") - number)
    tickets.delete()
    Scan.objects.filter(scanned_by=person.user_id).update(device_id="")
