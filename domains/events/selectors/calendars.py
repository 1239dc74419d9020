"""Selectors for calendars: the entry of one event, and a person's feed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from domains.accounts.models import User
from domains.events import tokens
from domains.events.calendars import Entry, EntryStatus, entry_of_event, entry_of_slot
from domains.events.models import (
    LIVE_TICKET_STATUSES,
    CalendarFeed,
    Event,
    EventStatus,
    EventTicket,
    TicketStatus,
    is_managed_by,
)
from domains.opportunities.models import ApplicationStatus
from domains.opportunities.selectors import CalendarSlot, find_calendar_slots

#: A feed holds what has ended this recently, and everything to come, up to the maximum of entries; the first to begin
#: first. To write an entry takes a millisecond.
PAST = timedelta(days=90)
MAX_ENTRIES = 500
#: Longer descriptions are cut in a feed; the file of the event has the whole.
MAX_DESCRIPTION_LENGTH = 1_000
#: How long a feed shows something canceled, so that calendars remove it or cross it out.
CANCELLED_SHOWN = timedelta(days=14)
NOTES = {
    TicketStatus.OFFERED: "A ticket is offered to you. Accept the offer before its deadline to keep it.",
    TicketStatus.WAITLISTED: "You are on the waitlist.",
}
OFFER_NOTE = "This slot is offered to you. Accept the offer before its deadline to keep it."


def find_event_entry(*, event_id: int) -> Entry | None:
    """Return the entry of an event that everybody may see, or None."""
    public = Event.objects.visible_to(None).select_related("host", "organization")
    event = public.filter(pk=event_id).first()
    return entry_of_event(event) if event else None


def find_feed_owner(*, token: str) -> User | None:
    """Return the person whose feed has this address now; None if it is forged, was replaced, or the account closed."""
    link = tokens.read_feed_link(token)
    owner = (
        User.objects.select_related("calendar_feed").filter(pk=link.user_id, is_active=True).first() if link else None
    )
    if link is None or owner is None or int(owner.created_at.timestamp()) != link.account_made_at:
        return None
    feed = getattr(owner, "calendar_feed", None)
    return owner if link.number == (feed.number if feed else 0) else None


def find_feed_numbers(*, user_ids: Collection[int]) -> dict[int, int]:
    """Return how often each of these people has replaced the address of their feed; people who never did are left out.

    The caller must be allowed to know the addresses.
    """
    return dict(CalendarFeed.objects.filter(user__in=user_ids).values_list("user_id", "number"))


def find_feed_entries(*, viewer: User) -> list[Entry]:
    """Return the entries of the person's feed, in three statements, whatever their number.

    These are the events that the person has a ticket to, or created and still manages, and the person's slots and
    offers of roles. What is not certain yet is TENTATIVE. What was canceled is shown as that for a while.
    """
    now = timezone.now()
    entries = {entry.uid: entry for entry in _find_ticket_entries(viewer, now)}
    # Managers of an event are there, whatever becomes of their ticket.
    entries |= {entry.uid: entry for entry in _find_managed_entries(viewer, now)}
    slots = find_calendar_slots(
        viewer=viewer, ends_after=now - PAST, ended_after=now - CANCELLED_SHOWN, limit=MAX_ENTRIES
    )
    entries |= {entry.uid: entry for entry in map(_entry_of_slot, slots)}
    first = sorted(entries.values(), key=lambda entry: (entry.starts_at, entry.uid))[:MAX_ENTRIES]
    return [replace(entry, description=_shorten(entry.description)) for entry in first]


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_DESCRIPTION_LENGTH else f"{text[: MAX_DESCRIPTION_LENGTH - 1]}…"


def _find_ticket_entries(viewer: User, now: datetime) -> Iterator[Entry]:
    """Yield the entries of tickets; of several tickets to one event, the live one comes last."""
    is_shown = Q(status__in=LIVE_TICKET_STATUSES) | Q(cancelled_at__gt=now - CANCELLED_SHOWN)
    tickets = (
        EventTicket.objects.filter(is_shown, attendee=viewer, event__end_date__gt=now - PAST)
        .select_related("event__host", "event__organization")
        .order_by("event__event_date", "pk")
    )
    for ticket in sorted(tickets[:MAX_ENTRIES], key=lambda one: one.status != TicketStatus.CANCELLED):
        moments = (ticket.claimed_at, ticket.issued_at, ticket.cancelled_at)
        yield entry_of_event(
            ticket.event,
            status=_status_of(ticket),
            note=NOTES.get(ticket.status, ""),
            changed_at=max(moment for moment in moments if moment),
            is_free_time=ticket.status == TicketStatus.WAITLISTED,
        )


def _status_of(ticket: EventTicket) -> EntryStatus:
    if ticket.status == TicketStatus.CANCELLED:
        return EntryStatus.CANCELLED
    return EntryStatus.CONFIRMED if ticket.status == TicketStatus.ISSUED else EntryStatus.TENTATIVE


def _find_managed_entries(viewer: User, now: datetime) -> Iterator[Entry]:
    is_shown = Q(status=EventStatus.PUBLISHED) | Q(cancelled_at__gt=now - CANCELLED_SHOWN)
    events = (
        Event.objects.filter(is_shown, is_managed_by(viewer), host=viewer, end_date__gt=now - PAST)
        .select_related("host", "organization")
        .order_by("event_date", "pk")
    )
    for event in events[:MAX_ENTRIES]:
        yield entry_of_event(event)


def _entry_of_slot(slot: CalendarSlot) -> Entry:
    application = slot.application
    status = {
        ApplicationStatus.ACCEPTED: EntryStatus.CONFIRMED,
        ApplicationStatus.COMPLETED: EntryStatus.CONFIRMED,
        ApplicationStatus.OFFERED: EntryStatus.TENTATIVE,
    }.get(application.status, EntryStatus.CANCELLED)
    return entry_of_slot(
        application.role,
        application_id=application.pk,
        status=status,
        note=OFFER_NOTE if status == EntryStatus.TENTATIVE else "",
        changed_at=slot.moved_at,
    )
