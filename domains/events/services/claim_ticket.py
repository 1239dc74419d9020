"""Claiming a ticket."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from domains.accounts.models import User
from domains.base import rates
from domains.base.errors import NotFound, Problem, Refused
from domains.events.errors import EventCode
from domains.events.models import LIVE_TICKET_STATUSES, Event, EventStatus, EventTicket, TicketStatus
from domains.events.selectors import find_event, find_own_tickets
from domains.events.services.locks import lock_event
from domains.events.services.moves import IS_FULL, is_full, move
from domains.opportunities.services.locks import lock_volunteers

#: How often a person may claim a ticket to the same event: each claim and each cancellation is mailed, and a canceled
#: slot is offered to others.
MAX_CLAIMS_PER_DAY = 10
NOT_VERIFIED = Problem(
    EventCode.EMAIL_NOT_VERIFIED,
    "Verify your email address first: the key is in the mail you got when you signed up.",
)
REVOKED = Problem(
    EventCode.NOT_ELIGIBLE,
    "The organizers revoked your ticket to this event, so you can't claim another one. Ask them about it.",
    "event_id",
)


@transaction.atomic
def claim_ticket(*, actor: User, event_id: int, join_waitlist: bool = False) -> EventTicket:
    """The actor has a ticket to the event: ISSUED, or WAITLISTED if the event is full and they join the waitlist.

    A repeat while the ticket is live returns it unchanged, also one that is WAITLISTED or OFFERED. Refuses with
    NOT_FOUND, and then with all the reasons at once: NOT_ELIGIBLE (the account is closed; a ticket of theirs to the
    event was revoked), EMAIL_NOT_VERIFIED, CLOSED (a draft, canceled, or over) and FULL (unless `join_waitlist`); at
    last with RATE_LIMITED, against people who claim and cancel repeatedly.
    """
    # Locked first, so that of two claims of one person the second finds the ticket of the first.
    attendee = lock_volunteers(volunteer_ids=[actor.pk]).get(actor.pk)
    seen = find_event(viewer=actor, event_id=event_id).first()
    if seen is None or attendee is None:
        raise NotFound("event", "event_id")
    live_or_revoked = Q(status__in=LIVE_TICKET_STATUSES) | Q(revoked_at__isnull=False)
    own = list(find_own_tickets(viewer=attendee).filter(live_or_revoked, event=seen))
    if live := next((ticket for ticket in own if ticket.revoked_at is None), None):
        return live
    # Refuses most of a crowd before they lock the event, so that they don't keep the others waiting.
    _refuse(
        [*_reasons_of_account(attendee, is_revoked=bool(own)), *_reasons_of_event(seen, timezone.now())], join_waitlist
    )
    rates.spend(what="claim_ticket", key=f"{actor.pk} {event_id}", limit=MAX_CLAIMS_PER_DAY, seconds=86400)
    event = lock_event(viewer=None, event_id=event_id)
    now = timezone.now()
    # Check again: the event and its slots may have changed before this got the lock.
    _refuse([*_reasons_of_event(event, now)], join_waitlist)
    ticket = EventTicket(event=event, attendee=attendee, claimed_at=now)
    move(
        ticket=ticket,
        event=event,
        target=TicketStatus.WAITLISTED if is_full(event) else TicketStatus.ISSUED,
        now=now,
    )
    return ticket


def _reasons_of_account(attendee: User, *, is_revoked: bool) -> Iterator[Problem]:
    if not attendee.is_active:
        yield Problem(EventCode.NOT_ELIGIBLE, "Your account is closed.")
    if is_revoked:
        yield REVOKED
    if not attendee.is_email_verified:
        yield NOT_VERIFIED


def _reasons_of_event(event: Event, now: datetime) -> Iterator[Problem]:
    if event.status == EventStatus.DRAFT:
        message = "This event is a draft. Publish it with `publishEvent` first."
        yield Problem(EventCode.CLOSED, message, "event_id")
    elif event.status == EventStatus.CANCELLED:
        yield Problem(EventCode.CLOSED, "This event is canceled. Look for another one.", "event_id")
    elif event.end_date <= now:
        yield Problem(EventCode.CLOSED, "This event is over. Look for another one.", "event_id")
    elif is_full(event):
        yield Problem(EventCode.FULL, IS_FULL, "event_id")


def _refuse(problems: list[Problem], join_waitlist: bool) -> None:
    refusals = [one for one in problems if not (join_waitlist and one.code == EventCode.FULL)]
    if refusals:
        raise Refused(*refusals)
