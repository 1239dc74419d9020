"""What must always hold of tickets and at the door.

The database itself refuses: more tickets than slots, two live tickets of one person, and one scan recorded twice.
"""

from __future__ import annotations

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from domains.base.audit import invariant
from domains.base.waitlist import OFFER_EXPIRY_WINDOW
from domains.events.models import SLOT_HOLDING_STATUSES, VALID_OUTCOMES, Event, EventTicket, Scan, ScanDirection


@invariant
def events_count_their_tickets() -> QuerySet[Event]:
    """The slots that an event counts as taken are those of its tickets that are issued or offered."""
    held = Count("tickets", filter=Q(tickets__status__in=SLOT_HOLDING_STATUSES))
    return Event.objects.annotate(held=held).exclude(held=F("tickets_taken"))


@invariant
def waitlisted_tickets_have_a_position() -> QuerySet[EventTicket]:
    """Each waitlisted ticket has the time that decides its position."""
    return EventTicket.objects.without_position()


@invariant
def overdue_ticket_offers_expire() -> QuerySet[EventTicket]:
    """The offer of a slot that was not answered in time expires within a quarter of an hour."""
    return EventTicket.objects.offers_overdue(timezone.now() - OFFER_EXPIRY_WINDOW)


@invariant
def check_ins_follow_from_scans() -> QuerySet[EventTicket]:
    """A ticket says when its holder first came in, and whether they are inside, as its valid scans do."""
    valid = Scan.objects.filter(ticket=OuterRef("pk"), event=OuterRef("event"), outcome__in=VALID_OUTCOMES)
    first = valid.filter(direction=ScanDirection.ENTRY).order_by("scanned_at").values("scanned_at")[:1]
    last = valid.order_by("-scanned_at", "-direction").values("direction")[:1]
    checked = EventTicket.objects.annotate(first_entry=Subquery(first), last_direction=Subquery(last))
    is_right_first = Q(check_in_time=F("first_entry")) | Q(check_in_time__isnull=True, first_entry__isnull=True)
    came_in = Q(check_in_time__isnull=False)
    is_right_now = Q(is_inside=True, last_direction=ScanDirection.ENTRY) | Q(is_inside=False) & (
        ~came_in | Q(last_direction=ScanDirection.EXIT)
    )
    return checked.exclude(is_right_first & is_right_now)


@invariant
def tickets_stay_at_their_event() -> QuerySet[Scan]:
    """A scan names a ticket only if it is a ticket to the scan's event."""
    return Scan.objects.filter(ticket__isnull=False).exclude(ticket__event=F("event"))
