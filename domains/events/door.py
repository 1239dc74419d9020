"""The decision at the door, as pure functions: the outcome of one scan, and who is inside after several.

Which refusal is answered, where several would be true, is the product: a person at the door acts on it.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domains.events.models import Event, EventChange, EventTicket, ScanDirection, ScanOutcome, TicketStatus

#: How long before the event's start the doors open, and how long after its end they close.
OPEN_BEFORE = CLOSED_AFTER = timedelta(hours=2)


@dataclass(frozen=True)
class Situation:
    """What is true of one scan at the time it was made."""

    is_known_code: bool
    is_of_this_event: bool
    is_event_cancelled: bool
    is_revoked: bool
    is_cancelled: bool
    is_too_early: bool
    is_too_late: bool
    is_inside: bool
    is_entry: bool


#: Each outcome and its condition; the first that holds is the answer.
OUTCOMES: tuple[tuple[ScanOutcome, Callable[[Situation], bool]], ...] = (
    (ScanOutcome.UNKNOWN_CODE, lambda it: not it.is_known_code),
    (ScanOutcome.WRONG_EVENT, lambda it: not it.is_of_this_event),
    (ScanOutcome.EVENT_CANCELLED, lambda it: it.is_event_cancelled),
    (ScanOutcome.REVOKED, lambda it: it.is_revoked),
    (ScanOutcome.CANCELLED, lambda it: it.is_cancelled),
    (ScanOutcome.TOO_EARLY, lambda it: it.is_too_early),
    (ScanOutcome.TOO_LATE, lambda it: it.is_too_late),
    (ScanOutcome.ALREADY_CHECKED_IN, lambda it: it.is_entry and it.is_inside),
    (ScanOutcome.NOT_INSIDE, lambda it: not it.is_entry and not it.is_inside),
    (ScanOutcome.ADMITTED, lambda it: it.is_entry),
    (ScanOutcome.EXITED, lambda it: not it.is_entry),
)


def decide(situation: Situation) -> ScanOutcome:
    """Return the outcome of the scan."""
    return next(outcome for outcome, holds in OUTCOMES if holds(situation))


@dataclass(frozen=True)
class ReadCode:
    """The ticket that a scanned or typed text turned out to be the code of."""

    #: None for a text that is no code, a code of another event, and the code of a ticket that was never issued.
    ticket: EventTicket | None = None
    is_of_other_event: bool = False
    #: Time the holder replaced this code; None for the current one.
    replaced_at: datetime | None = None

    @classmethod
    def of(cls, ticket: EventTicket | None, replaced_at: datetime | None = None) -> ReadCode:
        """Return the code of a ticket to this event.

        Nobody is shown the code of a ticket that waits for its slot, so to the door such a code is unknown.
        """
        is_waiting = ticket is None or ticket.status in (TicketStatus.WAITLISTED, TicketStatus.OFFERED)
        return cls() if is_waiting else cls(ticket, replaced_at=replaced_at)

    @property
    def ticket_id(self) -> int | None:
        """The key of the ticket."""
        return None if self.ticket is None else self.ticket.pk


@dataclass(frozen=True)
class Plan:
    """When the doors of an event are open, and since when it is canceled."""

    opens_at: datetime
    closes_at: datetime
    cancelled_at: datetime | None


def plan_of(event: Event, changes: Sequence[EventChange] = (), *, known_at: datetime | None = None) -> Plan:
    """Return the plan of the event as it was at `known_at`, by its changes in order of time; without one, as it is."""
    starts_at, ends_at = event.event_date, event.end_date
    for change in reversed(changes):
        if known_at is not None and change.at > known_at:
            starts_at = _time_in(change.before, "event_date", starts_at)
            ends_at = _time_in(change.before, "end_date", ends_at)
    return Plan(starts_at - OPEN_BEFORE, ends_at + CLOSED_AFTER, event.cancelled_at)


def _time_in(values: Mapping[str, Any], column: str, otherwise: datetime) -> datetime:
    value = values.get(column)
    return datetime.fromisoformat(value) if value else otherwise


def situation_of(
    read: ReadCode,
    plan: Plan,
    *,
    direction: ScanDirection,
    at: datetime,
    is_inside: bool,
    known_at: datetime | None = None,
) -> Situation:
    """Return the situation of a scan made `at` some time.

    With `known_at`, what was canceled, revoked or replaced later is left out. Without it everything counts, whatever
    the clocks of the servers say.
    """
    ticket = read.ticket
    return Situation(
        is_known_code=ticket is not None or read.is_of_other_event,
        is_of_this_event=not read.is_of_other_event,
        is_event_cancelled=_has_happened(plan.cancelled_at, known_at),
        is_revoked=ticket is not None
        and (_has_happened(ticket.revoked_at, known_at) or _has_happened(read.replaced_at, known_at)),
        is_cancelled=ticket is not None and _has_happened(ticket.cancelled_at, known_at),
        is_too_early=at < plan.opens_at,
        is_too_late=at > plan.closes_at,
        is_inside=is_inside,
        is_entry=direction == ScanDirection.ENTRY,
    )


def _has_happened(moment: datetime | None, known_at: datetime | None) -> bool:
    return moment is not None and (known_at is None or moment <= known_at)


class Passages:
    """The valid scans of one ticket in order of their time; of an entry and an exit at the same time, the exit is last.

    Who is inside follows from the times alone, so the order in which scans arrive makes no difference.
    """

    def __init__(self, known: Iterable[tuple[datetime, ScanDirection]] = ()) -> None:
        self._passed = sorted((at, str(direction)) for at, direction in known)

    def add(self, at: datetime, direction: ScanDirection) -> None:
        """Add a scan."""
        insort(self._passed, (at, str(direction)))

    def is_inside(self, at: datetime) -> bool:
        """Return whether the person was inside at this time."""
        number = bisect_right(self._passed, (at, str(ScanDirection.EXIT)))
        return number > 0 and self._passed[number - 1][1] == ScanDirection.ENTRY

    def first_entry(self, at: datetime) -> datetime | None:
        """Return when the person first came in; None if they had not at this time."""
        entries = (time for time, direction in self._passed if direction == ScanDirection.ENTRY)
        first = next(entries, None)
        return first if first is not None and first <= at else None
