"""Selectors for check-in: the event at whose door somebody stands, its scans, and its counts."""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery

from domains.accounts.models import User
from domains.events.models import (
    VALID_OUTCOMES,
    Event,
    EventStatus,
    Scan,
    ScanDirection,
    TicketStatus,
    is_checked_in_by,
)
from domains.opportunities.models import MANAGING_ROLES, HostMembership


@dataclass(frozen=True)
class EventAtDoor:
    """An event that the person can see, and whether they may check people in."""

    event: Event
    may_check_in: bool
    #: The key of the scan with the nonce that was asked for, if there is one.
    scan_id: int | None


def find_at_door(*, viewer: User, event_id: int, nonce: str = "") -> EventAtDoor | None:
    """Return the event, unless it is a draft or the viewer may not see it; in one statement."""
    scans = Scan.objects.filter(event=OuterRef("pk"), nonce=nonce)
    rows = Event.objects.visible_to(viewer).exclude(status=EventStatus.DRAFT)
    asked = rows.annotate(
        may_check_in=ExpressionWrapper(is_checked_in_by(viewer), BooleanField()),
        scan_id=Subquery(scans.values("pk")[:1]),
    )
    event: Any = asked.filter(pk=event_id).first()
    return None if event is None else EventAtDoor(event, event.may_check_in, event.scan_id)


def find_checked_in_events(*, viewer: User | None, among: Collection[int]) -> set[int]:
    """Return the ids of those among the given events at which the viewer may check people in."""
    if viewer is None:
        return set()
    rows = Event.objects.checked_in_by(viewer).exclude(status=EventStatus.DRAFT)
    return set(rows.filter(pk__in=among).values_list("pk", flat=True))


def find_people_at_door(*, event_id: int, among: Collection[int]) -> dict[int, bool]:
    """Return the ids of those among the given people who may check people in at the event now; a system question.

    The value says whether the person manages the event. A scanner sees the attendees of the own scans only.
    """
    event = Event.objects.filter(pk=event_id).exclude(status=EventStatus.DRAFT)
    members = HostMembership.objects.accepted().filter(user=OuterRef("pk"), host__events__in=event)
    owns = event.filter(organization__isnull=True, host=OuterRef("pk"))
    rows = User.objects.filter(Exists(members) | Exists(owns), pk__in=among, is_active=True)
    manages = Exists(members.filter(role__in=MANAGING_ROLES)) | Exists(owns)
    return dict(rows.annotate(manages=manages).values_list("pk", "manages"))


@dataclass(frozen=True)
class CheckInCounts:
    """How many people an event expects, and how many of them came."""

    #: Tickets that let their holder in.
    issued: int = 0
    #: Tickets whose holder came in at least once, also those that were canceled afterwards.
    checked_in: int = 0
    #: Tickets whose holder is inside.
    inside: int = 0


def count_check_ins(*, viewer: User | None, among: Collection[int]) -> dict[int, CheckInCounts]:
    """Return the counts of those among the given events at which the viewer may check people in; in one statement."""
    return {} if viewer is None else _count(Event.objects.checked_in_by(viewer).filter(pk__in=among))


def get_check_in_counts(*, event_id: int) -> CheckInCounts:
    """Return the counts of an event; a system question."""
    return _count(Event.objects.filter(pk=event_id)).get(event_id, CheckInCounts())


def _count(events: QuerySet[Event]) -> dict[int, CheckInCounts]:
    rows = events.exclude(status=EventStatus.DRAFT).order_by().values_list("pk")
    counted = rows.annotate(
        issued=Count("tickets", filter=Q(tickets__status=TicketStatus.ISSUED)),
        checked_in=Count("tickets", filter=Q(tickets__check_in_time__isnull=False)),
        inside=Count("tickets", filter=Q(tickets__is_inside=True)),
    )
    return {event_id: CheckInCounts(*counts) for event_id, *counts in counted}


def find_scans(*, event_id: int) -> QuerySet[Scan]:
    """Return the scans at the event with their tickets, attendees and event; a system question."""
    return Scan.objects.filter(event=event_id).select_related("event", "ticket__attendee")


def find_scans_since(*, event_id: int, since: datetime, leave_out: Collection[int], limit: int) -> list[Scan]:
    """Return the first scans recorded since a time, in order, without those given by their keys; a system question."""
    rows = find_scans(event_id=event_id).filter(recorded_at__gte=since).exclude(pk__in=leave_out)
    scans = list(rows.order_by("recorded_at", "pk")[:limit])
    for scan in scans:
        show_as_answered(scan)
    return scans


def show_as_answered(scan: Scan) -> Scan:
    """Give the scan's ticket the values that it had when the scan was answered, in memory only; return the scan.

    So an answer is the same when it is given again. The ticket's codes and the reason of a revocation are left out:
    they are not for the people at the door.
    """
    if scan.ticket is None:
        return scan
    ticket = copy(scan.ticket)
    if ticket.cancelled_at is not None and ticket.cancelled_at > scan.recorded_at:
        ticket.status, ticket.cancelled_at, ticket.revoked_at = TicketStatus.ISSUED, None, None
    ticket.check_in_time = scan.first_check_in_time
    if scan.outcome in VALID_OUTCOMES:
        ticket.is_inside = scan.direction == ScanDirection.ENTRY
    ticket.ticket_code = ticket.code_random = ticket.revoked_reason = ""
    ticket.event = scan.event
    scan.ticket = ticket
    return scan
