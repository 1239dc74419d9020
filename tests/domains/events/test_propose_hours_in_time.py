"""When hours are proposed: after a scan, and by the clock once an event has ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import OperationalError, transaction
from django.utils import timezone

from domains.base import bus
from domains.base.models import OutboxEntry
from domains.events import facts
from domains.events.models import Event, EventTicket
from domains.events.tasks import propose_hours_of_ended_events
from domains.notifications.models import Notification
from domains.opportunities import services as opportunities
from domains.opportunities.models import HoursEntry, HoursStatus
from tests.attendance import (
    HOUR,
    MINUTE,
    NOON,
    THREE,
    application_of,
    enter,
    leave,
    propose,
    proposed_to,
    the_proposal,
    volunteer_at_event,
)
from tests.door import EXIT, offline, scan, sync
from tests.factories import (
    EventTicketFactory,
    OpportunityFactory,
    owner_of,
)

pytestmark = pytest.mark.django_db

Pair = tuple[datetime, datetime]


@pytest.fixture
def ticket() -> EventTicket:
    return volunteer_at_event()


def test_the_clock_goes_through_each_event_once_and_finishes_it_after_a_failure(
    ticket: EventTicket, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = volunteer_at_event()
    for one in (ticket, other):
        enter(one, NOON)

    def fail(error: Exception) -> Callable[..., int]:
        def propose_unless_other(**what: Any) -> int:
            if what["ticket_id"] == ticket.pk:
                raise error
            return propose_really(**what)

        return propose_unless_other

    propose_really = opportunities.propose_hours
    for error in (OperationalError("locked"), ValueError("a bug")):
        monkeypatch.setattr(opportunities, "propose_hours", fail(error))
        propose_hours_of_ended_events()
        assert (proposed_to(ticket), proposed_to(other)) == ([], [(NOON, THREE)])
    monkeypatch.undo()
    assert propose_hours_of_ended_events() == 1
    assert proposed_to(ticket) == [(NOON, THREE)]
    assert not Event.objects.filter(hours_proposed_at__isnull=True).exists()
    before = HoursEntry.objects.count()
    assert propose_hours_of_ended_events() == 0
    assert HoursEntry.objects.count() == before


def test_an_event_that_is_changed_while_it_is_finished_is_finished_again(
    ticket: EventTicket, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(ticket, NOON)
    right = OpportunityFactory(past=True)
    propose_really = opportunities.propose_hours

    def propose_then_change(**what: Any) -> int:
        number = propose_really(**what)
        Event.objects.update(opportunity=right)
        return number

    monkeypatch.setattr(opportunities, "propose_hours", propose_then_change)
    assert propose_hours_of_ended_events() == 0
    monkeypatch.undo()
    assert propose_hours_of_ended_events() == 1
    assert proposed_to(ticket) == []


@pytest.mark.django_db(transaction=True)
def test_the_fact_of_check_in_proposes_and_the_end_asks_the_volunteer_once(ticket: EventTicket) -> None:
    enter(ticket, NOON)
    leave(ticket, NOON + HOUR)

    def happen() -> None:
        with transaction.atomic():
            bus.publish(facts.AttendeesPassed(event_id=ticket.event_id, ticket_ids=[ticket.pk]))

    with time_machine.travel(NOON + 2 * HOUR):
        happen()
        assert proposed_to(ticket) == [(NOON, NOON + HOUR)]
        assert not Notification.objects.exists()
    for _ in range(2):
        propose_hours_of_ended_events()
        happen()
    notification = Notification.objects.get()
    assert (notification.recipient, notification.kind.value) == (ticket.attendee, "HOURS_REVIEWED")
    assert notification.title.startswith("Confirm your hours: ")
    assert (notification.subject_type, notification.subject_id) == ("HoursEntry", the_proposal(ticket).pk)
    (message,) = mail.outbox
    assert message.to == [ticket.attendee.email]
    assert "confirm these hours" in message.body
    assert message.body.count(" to ") >= 1
    assert not OutboxEntry.objects.filter(done_at__isnull=True).exists()


@pytest.mark.django_db(transaction=True)
def test_from_the_door_to_approved_hours_with_a_scan_that_arrives_late() -> None:
    began = timezone.now().replace(microsecond=0) - 90 * MINUTE
    ticket = volunteer_at_event(begins=began, ends=began + 3 * HOUR)
    guest = EventTicketFactory(event=ticket.event)
    for one in (ticket, guest):
        with time_machine.travel(began + 5 * MINUTE, tick=False):
            scan(one)
        with time_machine.travel(began + HOUR, tick=False):
            scan(one, direction=EXIT)
    assert proposed_to(ticket) == [(began + 5 * MINUTE, began + HOUR)]
    assert proposed_to(guest) == []
    first = the_proposal(ticket)
    sync(ticket.event, offline(ticket, began + 30 * MINUTE, direction=EXIT), offline(ticket, began + 40 * MINUTE))
    assert proposed_to(ticket) == [(began + 5 * MINUTE, began + 30 * MINUTE), (began + 40 * MINUTE, began + HOUR)]
    opportunities.log_hours(actor=ticket.attendee, hours_entry_id=first.pk)
    sync(ticket.event, offline(ticket, began))
    first.refresh_from_db()
    assert (first.status, first.started_at) == (HoursStatus.SUBMITTED, began + 5 * MINUTE)
    assert proposed_to(ticket) == [(began + 40 * MINUTE, began + HOUR)]
    owner = owner_of(application_of(ticket).role.opportunity.host)
    opportunities.review_hours(actor=owner, hours_entry_id=first.pk, approve=True)
    assert HoursEntry.objects.current().get() == first


@pytest.mark.django_db(transaction=True)
def test_who_has_confirmed_before_the_end_is_not_asked(ticket: EventTicket) -> None:
    enter(ticket, NOON)
    leave(ticket, NOON + HOUR)
    with time_machine.travel(NOON + 2 * HOUR):
        propose(ticket)
    opportunities.log_hours(actor=ticket.attendee, hours_entry_id=the_proposal(ticket).pk)
    propose_hours_of_ended_events()
    assert HoursEntry.objects.get().status == HoursStatus.SUBMITTED
    assert not Notification.objects.exists()
