"""What an online scan and an upload of offline scans have in common: who may scan, and how scans are stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from django.db import transaction
from django.db.models import BooleanField, Case, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, NotAllowed, NotFound, Problem
from domains.events import facts
from domains.events.models import (
    MAX_NONCE_LENGTH,
    VALID_OUTCOMES,
    Event,
    EventTicket,
    Scan,
    ScanDirection,
)
from domains.events.selectors import EventAtDoor, find_at_door

#: What a client does about a nonce that belongs to a scan of another ticket.
NONCE_IS_USED = "This nonce belongs to the scan of another code; give each scan a nonce of its own, such as a UUID."


def get_event_to_check_in(*, actor: User, event_id: int, nonce: str = "") -> EventAtDoor:
    """Return the event; refuses with NOT_FOUND (also for a draft) and FORBIDDEN."""
    found = find_at_door(viewer=actor, event_id=event_id, nonce=nonce)
    if found is None:
        raise NotFound("event", "event_id")
    if not found.may_check_in:
        raise NotAllowed("Only the event's organizers and the scanners of its organization may check people in.")
    return found


def problems_of_nonce(nonce: str, field: str = "nonce") -> list[Problem]:
    """Return the problems of a nonce: REQUIRED and TOO_LONG."""
    if not nonce:
        return [Problem(Code.REQUIRED, "Give each scan a nonce of its own, such as a UUID.", field)]
    if len(nonce) > MAX_NONCE_LENGTH:
        return [Problem(Code.TOO_LONG, f"A nonce has at most {MAX_NONCE_LENGTH} characters.", field)]
    return []


def nonce_is_used(field: str = "nonce") -> Problem:
    """Return the problem of a nonce that belongs to the scan of another ticket."""
    return Problem(Code.DUPLICATE, NONCE_IS_USED, field)


def store_scans(scans: Sequence[Scan], *, event: Event) -> list[int]:
    """Store the answered scans of an event, whose tickets the caller has locked; return the keys of those that passed.

    The caller sets what follows for the presence of these. Subscribers are woken after the commit. If the event belongs
    to an opportunity, the hours of the people who came or went may differ now.
    """
    # In order of the nonces, so that two transactions with the same nonces do not wait for each other.
    Scan.objects.bulk_create(sorted(scans, key=lambda scan: scan.nonce))
    passed = sorted({scan.ticket_id for scan in scans if scan.ticket_id and scan.outcome in VALID_OUTCOMES})
    if passed and event.opportunity_id is not None:
        bus.publish(facts.AttendeesPassed(event_id=event.pk, ticket_ids=passed))
    wake_up = partial(bus.deliver_now, facts.ScansRecorded(event_id=event.pk))
    transaction.on_commit(wake_up, robust=True)
    return passed


def derive_presence(*, ticket_ids: Collection[int]) -> None:
    """Set when each of the people first came in and whether they are inside, as the valid scans say; in one statement.

    The caller has locked the tickets. Of an entry and an exit at the same time, the exit counts as the last.
    """
    valid = Scan.objects.filter(ticket=OuterRef("pk"), outcome__in=VALID_OUTCOMES)
    entries = valid.filter(direction=ScanDirection.ENTRY).order_by("scanned_at")
    is_entry = Case(When(Q(direction=ScanDirection.ENTRY), then=Value(True)), default=False)
    last = valid.order_by("-scanned_at", "-direction").annotate(is_entry=is_entry)
    EventTicket.objects.filter(pk__in=ticket_ids).update(
        check_in_time=Subquery(entries.values("scanned_at")[:1]),
        is_inside=Coalesce(Subquery(last.values("is_entry")[:1]), Value(False), output_field=BooleanField()),
        last_passed_at=Subquery(last.values("scanned_at")[:1]),
    )
