"""Storing the scans that a device made while it was offline."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Code, Problem, Refused
from domains.events import codes
from domains.events.door import Passages, ReadCode, decide, plan_of, situation_of
from domains.events.models import (
    MAX_DEVICE_ID_LENGTH,
    VALID_OUTCOMES,
    Event,
    EventChange,
    EventTicket,
    Scan,
    ScanDirection,
)
from domains.events.selectors import find_scans, show_as_answered
from domains.events.services.scans import (
    derive_presence,
    get_event_to_check_in,
    nonce_is_used,
    problems_of_nonce,
    store_scans,
)
from domains.opportunities.selectors import is_valid_time

#: Maximum number of scans of one upload.
MAX_SCANS = 1_000
#: How far a device's clock may be ahead of the server's.
MAX_AHEAD = timedelta(minutes=10)


@dataclass(frozen=True)
class OfflineScan:
    """One scan as the device stored it."""

    code: str
    nonce: str
    scanned_at: datetime
    direction: ScanDirection = ScanDirection.ENTRY

    @property
    def order(self) -> tuple[datetime, str, str, str]:
        """The key by which scans are processed, whatever order they arrive in."""
        return self.scanned_at, self.direction, self.nonce, self.code


def sync_check_ins(*, actor: User, event_id: int, device_id: str, scans: Sequence[OfflineScan]) -> list[Scan]:
    """Each scan is stored with its outcome at `scanned_at`; returns an answer for each, in the order given.

    What was valid at that time and is not any more (the event or ticket was canceled, the ticket revoked, its code
    replaced, the event moved) is stored as it happened, and marked. A known nonce gets its first answer. Who is inside
    follows from the times of all scans, so neither order nor repetition makes a difference. The number of statements is
    the same for one scan and for MAX_SCANS.

    Refuses with NOT_FOUND and FORBIDDEN; then, and nothing is stored, with all the problems at once, each with the
    number of its scan in the field: REQUIRED and TOO_LONG (device, nonce), TOO_LONG (too many scans), INVALID (the
    time; in MAX_AHEAD it may be valid), DUPLICATE (the nonce belongs to the scan of another ticket).
    """
    event = get_event_to_check_in(actor=actor, event_id=event_id).event
    if problems := _problems_of(device_id, scans):
        raise Refused(*problems)
    try:
        answers = _store(actor, event, device_id, scans)
    except IntegrityError:
        # One of the nonces arrived twice at the same time, and the other one is stored now.
        answers = _store(actor, event, device_id, scans)
    return [answers[scan.nonce] for scan in scans]


def _problems_of(device_id: str, scans: Sequence[OfflineScan]) -> list[Problem]:
    problems = []
    if not device_id:
        problems.append(
            Problem(Code.REQUIRED, "Give a text that identifies the device, such as a UUID that it keeps.", "device_id")
        )
    elif len(device_id) > MAX_DEVICE_ID_LENGTH:
        message = f"The ID of a device has at most {MAX_DEVICE_ID_LENGTH} characters."
        problems.append(Problem(Code.TOO_LONG, message, "device_id"))
    if len(scans) > MAX_SCANS:
        return [*problems, Problem(Code.TOO_LONG, f"Send at most {MAX_SCANS:,} scans at once.", "scans")]
    latest = timezone.now() + MAX_AHEAD
    for number, scan in enumerate(scans):
        problems += problems_of_nonce(scan.nonce, f"scans.{number}.nonce")
        problems += _problems_of_time(scan.scanned_at, latest, f"scans.{number}.scanned_at")
    return problems


def _problems_of_time(scanned_at: datetime, latest: datetime, field: str) -> list[Problem]:
    if not is_valid_time(scanned_at):
        return [Problem(Code.INVALID, "Give the time of the scan with its UTC offset.", field)]
    if scanned_at <= latest:
        return []
    minutes = MAX_AHEAD // timedelta(minutes=1)
    message = (
        f"The scan is more than {minutes} minutes ahead of the server's time. Correct the device's clock, or wait."
    )
    return [Problem(Code.INVALID, message, field, retry_after=math.ceil((scanned_at - latest).total_seconds()))]


@transaction.atomic
def _store(actor: User, event: Event, device_id: str, scans: Sequence[OfflineScan]) -> dict[str, Scan]:
    """Store the scans that are new, and return the answers to all of them by nonce."""
    read = _read_codes(event, {scan.code for scan in scans})
    known = find_scans(event_id=event.pk).filter(nonce__in={scan.nonce for scan in scans})
    answers = {scan.nonce: scan for scan in known}
    new: dict[str, OfflineScan] = {}
    for scan in sorted(scans, key=lambda one: one.order):
        if scan.nonce not in answers:
            new.setdefault(scan.nonce, scan)
    made = _decide(event, list(new.values()), read)
    for answer in made:
        answer.device_id, answer.scanned_by = device_id, actor
    answers.update({answer.nonce: answer for answer in made})
    _refuse_used_nonces(scans, answers, read)
    if made:
        derive_presence(ticket_ids=store_scans(made, event=event))
    return {nonce: show_as_answered(scan) for nonce, scan in answers.items()}


def _read_codes(event: Event, texts: set[str]) -> dict[str, ReadCode]:
    """Return what each text is the code of, with the tickets of the event locked until the transaction ends."""
    found = codes.find_tickets(texts)
    ids = {one.ticket_id for one in found.values() if one.event_id == event.pk}
    rows = EventTicket.objects.select_related("attendee").select_for_update(of=("self",), no_key=True)
    # In one order, as everybody who locks several tickets.
    tickets = {ticket.pk: ticket for ticket in rows.filter(pk__in=ids).order_by("pk")}
    if any(_was_replaced(one, tickets) for one in found.values()):
        found = codes.find_tickets(texts)
    return {
        text: ReadCode.of(tickets.get(one.ticket_id), one.replaced_at)
        if one.event_id == event.pk
        else ReadCode(is_of_other_event=True)
        for text, one in found.items()
    }


def _was_replaced(found: codes.FoundTicket, tickets: Mapping[int, EventTicket]) -> bool:
    """Return whether the code was the current one until the ticket was locked."""
    ticket = tickets.get(found.ticket_id)
    return ticket is not None and found.is_current and not found.is_current_of(ticket)


def _refuse_used_nonces(
    scans: Sequence[OfflineScan], answers: Mapping[str, Scan], read: Mapping[str, ReadCode]
) -> None:
    problems = [
        nonce_is_used(f"scans.{number}.nonce")
        for number, scan in enumerate(scans)
        if answers[scan.nonce].ticket_id != _code_of(scan, read).ticket_id
    ]
    if problems:
        raise Refused(*problems)


def _code_of(scan: OfflineScan, read: Mapping[str, ReadCode]) -> ReadCode:
    return read.get(scan.code) or ReadCode()


def _decide(event: Event, scans: Sequence[OfflineScan], read: Mapping[str, ReadCode]) -> list[Scan]:
    """Return the scans with their outcomes; they come in order of their time."""
    if not scans:
        return []
    now = timezone.now()
    changes = list(EventChange.objects.filter(event=event, at__gt=scans[0].scanned_at).order_by("at", "pk"))
    passages = _find_passages(scans, read)
    made = []
    for scan in scans:
        code, at = _code_of(scan, read), scan.scanned_at
        passed = passages.get(code.ticket_id) or Passages()
        then = partial(situation_of, code, direction=scan.direction, at=at, is_inside=passed.is_inside(at))
        outcome = decide(then(plan_of(event, changes, known_at=at), known_at=at))
        is_valid = outcome in VALID_OUTCOMES
        if is_valid:
            passed.add(at, scan.direction)
        made.append(
            Scan(
                event=event,
                ticket=code.ticket,
                nonce=scan.nonce,
                direction=scan.direction,
                outcome=outcome,
                first_check_in_time=passed.first_entry(at),
                is_recorded_though_invalid=is_valid and decide(then(plan_of(event))) not in VALID_OUTCOMES,
                scanned_at=at,
                recorded_at=now,
            )
        )
    return made


def _find_passages(scans: Iterable[OfflineScan], read: Mapping[str, ReadCode]) -> dict[int | None, Passages]:
    """Return what is known of the tickets: of those with a later scan all valid scans, of the others the last one."""
    passages: dict[int | None, Passages] = {}
    late = set()
    for scan in scans:
        ticket = _code_of(scan, read).ticket
        if ticket is None or ticket.pk in passages:
            continue
        # The scans come in order of their time, so this is the first one of its ticket.
        if ticket.last_passed_at is not None and scan.scanned_at < ticket.last_passed_at:
            late.add(ticket.pk)
        passages[ticket.pk] = Passages(_last_known(ticket))
    rows = Scan.objects.filter(ticket__in=late, outcome__in=VALID_OUTCOMES)
    stored: dict[int, list[tuple[datetime, ScanDirection]]] = {pk: [] for pk in late}
    for ticket_id, at, direction in rows.values_list("ticket", "scanned_at", "direction") if late else ():
        stored[ticket_id].append((at, direction))
    passages.update({ticket_id: Passages(known) for ticket_id, known in stored.items()})
    return passages


def _last_known(ticket: EventTicket) -> list[tuple[datetime, ScanDirection]]:
    known = [] if ticket.check_in_time is None else [(ticket.check_in_time, ScanDirection.ENTRY)]
    if ticket.last_passed_at is not None:
        known.append((ticket.last_passed_at, ScanDirection.ENTRY if ticket.is_inside else ScanDirection.EXIT))
    return known
