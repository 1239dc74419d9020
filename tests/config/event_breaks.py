"""Rows of events that break an invariant; they join those of `breaks.py`."""

from __future__ import annotations

from django.utils import timezone

from domains.events.models import ScanDirection, ScanOutcome
from tests.config.breaks import Break, ago, breaks, raw
from tests.factories import EventTicketFactory, ScanFactory


@breaks("events.events_count_their_tickets")
def an_event_that_counts_one_ticket_too_many() -> Break:
    return raw(EventTicketFactory().event, tickets_taken=2)


@breaks("events.waitlisted_tickets_have_a_position")
def a_ticket_that_waits_nowhere() -> Break:
    return raw(EventTicketFactory(status="WAITLISTED"), waitlisted_at=None)


@breaks("events.overdue_ticket_offers_expire")
def an_offer_of_a_ticket_that_nobody_expires() -> Break:
    return raw(EventTicketFactory(status="OFFERED"), offer_expires_at=ago(minutes=16))


@breaks("events.check_ins_follow_from_scans")
def a_ticket_that_may_be_used_again() -> Break:
    return raw(ScanFactory().ticket, check_in_time=None)


@breaks("events.check_ins_follow_from_scans")
def a_ticket_inside_whose_holder_left() -> Break:
    ticket = EventTicketFactory(checked_in=True)
    ScanFactory(ticket=ticket)
    return ticket, lambda: ScanFactory(
        ticket=ticket, direction=ScanDirection.EXIT, outcome=ScanOutcome.EXITED, scanned_at=timezone.now()
    )


@breaks("events.check_ins_follow_from_scans")
def a_ticket_that_was_used_earlier() -> Break:
    ticket = EventTicketFactory(checked_in=True)
    ScanFactory(ticket=ticket)
    return ticket, lambda: ScanFactory(ticket=ticket, scanned_at=ago(hours=1))


@breaks("events.tickets_stay_at_their_event")
def a_ticket_that_lets_in_elsewhere() -> Break:
    return raw(ScanFactory(), event=EventTicketFactory().event)
