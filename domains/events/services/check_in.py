"""Checking one person in or out at the door, online."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.events import codes
from domains.events.door import ReadCode, decide, plan_of, situation_of
from domains.events.models import Event, EventTicket, Scan, ScanDirection, ScanOutcome
from domains.events.selectors import find_scans, show_as_answered
from domains.events.services.scans import get_event_to_check_in, nonce_is_used, problems_of_nonce, store_scans

#: The least difference between two times.
MOMENT = timedelta(microseconds=1)


def check_in(*, actor: User, event_id: int, code: str, nonce: str, direction: ScanDirection) -> Scan:
    """The scan is stored with its outcome, and who is inside follows from it; returns it with its ticket.

    `code` is what the QR code holds, or the code to type; any text that is neither is UNKNOWN_CODE. A repeat of the
    nonce returns the first answer and changes nothing, even if another scanner of the event sends it:
    they hold the code, so the attendee's name in the answer is nothing new to them.

    Refuses with NOT_FOUND, FORBIDDEN, REQUIRED and TOO_LONG (the nonce), and DUPLICATE: the nonce belongs to the scan
    of another ticket, whose answer would be a wrong one.
    """
    if problems := problems_of_nonce(nonce):
        raise Refused(*problems)
    try:
        return _check_in(actor, event_id, code, nonce, direction)
    except IntegrityError:
        # The same nonce arrived twice at the same time, and the other one is stored now.
        return _check_in(actor, event_id, code, nonce, direction)


def _check_in(actor: User, event_id: int, code: str, nonce: str, direction: ScanDirection) -> Scan:
    found = get_event_to_check_in(actor=actor, event_id=event_id, nonce=nonce)
    with transaction.atomic():
        if found.scan_id is not None:
            return _answer_again(found.event, found.scan_id, code)
        scan = Scan(event=found.event, nonce=nonce, direction=direction, scanned_by=actor)
        _answer(scan, code)
        _set_presence(scan, ticket_ids=store_scans([scan], event=found.event))
    return show_as_answered(scan)


def _answer_again(event: Event, scan_id: int, code: str) -> Scan:
    scan = find_scans(event_id=event.pk).get(pk=scan_id)
    if scan.ticket_id != _read(code, event).ticket_id:
        raise Refused(nonce_is_used())
    return show_as_answered(scan)


def _answer(scan: Scan, code: str) -> None:
    """Lock the ticket and decide. The time of the scan is now, and later than all that is known of the ticket."""
    read = _read(code, scan.event)
    if read.ticket and read.ticket.cancelled_at and scan.event.cancelled_at is None:
        # The event may have been canceled with its tickets since it was read.
        scan.event.refresh_from_db(fields=["status", "cancelled_at"])
    now = timezone.now()
    is_inside = read.ticket is not None and read.ticket.is_inside
    situation = situation_of(read, plan_of(scan.event), direction=scan.direction, at=now, is_inside=is_inside)
    scan.ticket, scan.outcome = read.ticket, decide(situation)
    scan.scanned_at, scan.recorded_at = _time_after(read.ticket, now), now
    first_entry = read.ticket.check_in_time if read.ticket else None
    if first_entry is None and scan.outcome == ScanOutcome.ADMITTED:
        first_entry = scan.scanned_at
    scan.first_check_in_time = first_entry


def _set_presence(scan: Scan, *, ticket_ids: Collection[int]) -> None:
    """Set what `derive_presence` would: the scan is the last one of its ticket, if that passed."""
    EventTicket.objects.filter(pk__in=ticket_ids).update(
        check_in_time=scan.first_check_in_time,
        is_inside=scan.direction == ScanDirection.ENTRY,
        last_passed_at=scan.scanned_at,
    )


def _time_after(ticket: EventTicket | None, now: datetime) -> datetime:
    """Return the time, or the next moment after the last scan: clocks differ, and a device's may be ahead of ours."""
    last = ticket.last_passed_at if ticket else None
    return now if last is None else max(now, last + MOMENT)


def _read(code: str, event: Event) -> ReadCode:
    """Return what the code is, with its ticket locked until the transaction ends."""
    current = codes.current_code(code)
    if current is None:
        return ReadCode()
    tickets = EventTicket.objects.select_related("attendee").select_for_update(of=("self",), no_key=True)
    if ticket := tickets.filter(current, event=event).first():
        return ReadCode.of(ticket)
    found = codes.find_ticket(code)
    if found is None:
        return ReadCode()
    if found.event_id != event.pk:
        return ReadCode(is_of_other_event=True)
    return ReadCode.of(tickets.filter(pk=found.ticket_id).first(), found.replaced_at)
