"""What must always hold of tickets and at the door.

The database itself refuses: more tickets than slots, two live tickets of one person, and one scan recorded twice.
"""

from __future__ import annotations

from django.db.models import Count, F, Q, QuerySet

from domains.base.audit import invariant
from domains.events.models import SLOT_HOLDING_STATUSES, Event, EventTicket, Scan, ScanDirection, ScanOutcome


@invariant
def events_count_their_tickets() -> QuerySet[Event]:
    """The slots that an event counts as taken are those of its tickets that are issued or offered."""
    held = Count("tickets", filter=Q(tickets__status__in=SLOT_HOLDING_STATUSES))
    return Event.objects.annotate(held=held).exclude(held=F("tickets_taken"))


@invariant
def tickets_admit_once() -> QuerySet[EventTicket]:
    """A ticket lets somebody in once, and once more for each time that they left."""
    is_admission = Q(scans__outcome=ScanOutcome.ADMITTED)
    entries = Count("scans", filter=is_admission & Q(scans__direction=ScanDirection.ENTRY))
    exits = Count("scans", filter=is_admission & Q(scans__direction=ScanDirection.EXIT))
    return EventTicket.objects.annotate(entries=entries, exits=exits).filter(entries__gt=F("exits") + 1)


@invariant
def admitted_tickets_are_checked_in() -> QuerySet[Scan]:
    """Who was let in had a ticket to this event, which says since then when that was."""
    admissions = Scan.objects.filter(outcome=ScanOutcome.ADMITTED, direction=ScanDirection.ENTRY, ticket__isnull=False)
    return admissions.exclude(ticket__event=F("event"), ticket__check_in_time__isnull=False)
