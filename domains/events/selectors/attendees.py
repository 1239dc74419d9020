"""Selectors for the attendees of an event, and for what happened at its door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncHour

from domains.accounts.models import User
from domains.events import tokens
from domains.events.models import PASSED_OUTCOMES, Event, EventTicket, Scan, ScanDirection, TicketStatus
from domains.geo.selectors import zip_time_zone

#: How many attendees are read at once for a list of all.
PAGE_SIZE = 1000
Row = tuple[str, ...]


@dataclass(frozen=True)
class TicketCounts:
    """How many tickets to an event there are, and how many of their holders came."""

    issued: int
    offered: int
    waitlisted: int
    canceled: int
    #: Came in at least once.
    checked_in: int
    inside: int


@dataclass(frozen=True)
class Passages:
    """How many people entered and left in an hour."""

    hour: datetime
    entries: int
    exits: int


@dataclass(frozen=True)
class LinkedAttendees:
    """An event whose attendee list a link leads to, and the manager for whom the link was made."""

    event: Event
    viewer: User


def find_linked_attendees(*, token: str) -> LinkedAttendees | None:
    """Return the event of a link to its attendee list.

    None if the link is forged or has expired, or if its viewer's account is closed or does not manage the event now.
    """
    link = tokens.read_attendees_link(token)
    viewer = User.objects.filter(pk=link.viewer_id, is_active=True).first() if link else None
    if link is None or viewer is None:
        return None
    event = Event.objects.managed_by(viewer).filter(pk=link.event_id).first()
    return LinkedAttendees(event, viewer) if event else None


def event_time_zone(event: Event) -> tzinfo:
    """Return the time zone of the event's ZIP code, or UTC."""
    return zip_time_zone(event.location_zip) or UTC


def count_tickets(*, event: Event) -> TicketCounts:
    """Return the numbers of the event's tickets. A system question."""
    tickets = EventTicket.objects.filter(event=event)
    return TicketCounts(
        **tickets.aggregate(
            issued=Count("pk", filter=Q(status=TicketStatus.ISSUED)),
            offered=Count("pk", filter=Q(status=TicketStatus.OFFERED)),
            waitlisted=Count("pk", filter=Q(status=TicketStatus.WAITLISTED)),
            canceled=Count("pk", filter=Q(status=TicketStatus.CANCELLED)),
            checked_in=Count("pk", filter=Q(check_in_time__isnull=False)),
            inside=Count("pk", filter=Q(is_inside=True)),
        )
    )


def count_passages(*, event: Event) -> list[Passages]:
    """Return the hours in which somebody was let in or out, by the time of the scans, earliest first.

    A system question.
    """
    # Hours of all ZIP codes begin with hours of UTC.
    passed = Scan.objects.filter(event=event, outcome__in=PASSED_OUTCOMES).order_by()
    by_hour = passed.annotate(hour=TruncHour("scanned_at", tzinfo=UTC)).values("hour")
    rows = by_hour.annotate(
        entries=Count("pk", filter=Q(direction=ScanDirection.ENTRY)),
        exits=Count("pk", filter=Q(direction=ScanDirection.EXIT)),
    )
    return [Passages(**row) for row in rows.order_by("hour")]


def attendee_columns(*, zone: tzinfo, has_addresses: bool) -> Row:
    """Return the header of the attendee list; times are in this zone."""
    times = ("Claimed", "Issued", "First check-in", "Last entry or exit", "Canceled")
    return (
        "Name",
        *(("E-mail address",) if has_addresses else ()),
        "Status",
        "Checked in",
        "Inside",
        *(f"{name} ({zone})" for name in times),
    )


def find_attendee_rows(tickets: QuerySet[EventTicket], *, zone: tzinfo, has_addresses: bool) -> Iterator[list[Row]]:
    """Yield pages of the attendee list, in the order in which the tickets were claimed; one statement each."""
    rows = tickets.order_by("pk").select_related("attendee")
    last, is_full = 0, True
    while is_full and (page := list(rows.filter(pk__gt=last)[:PAGE_SIZE])):
        last, is_full = page[-1].pk, len(page) == PAGE_SIZE
        yield [_attendee_row(ticket, zone, has_addresses=has_addresses) for ticket in page]


def _attendee_row(ticket: EventTicket, zone: tzinfo, *, has_addresses: bool) -> Row:
    times = (
        ticket.claimed_at,
        ticket.issued_at,
        ticket.check_in_time,
        ticket.last_passed_at,
        ticket.cancelled_at,
    )
    return (
        ticket.attendee.display_name,
        *((ticket.attendee.email,) if has_addresses else ()),
        ticket.status.value,
        "no" if ticket.check_in_time is None else "yes",
        "yes" if ticket.is_inside else "no",
        *(f"{time.astimezone(zone):%Y-%m-%d %H:%M:%S}" if time else "" for time in times),
    )
