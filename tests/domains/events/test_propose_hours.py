"""Check-in at an event of an opportunity proposes hours to its volunteers, whatever order the scans come in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from domains.events import services
from domains.events.models import Event, EventTicket, Scan
from domains.events.selectors import find_stays
from domains.events.selectors.stays import pair_passages
from domains.events.tasks import propose_hours_of_ended_events
from domains.opportunities import services as opportunities
from domains.opportunities.models import HoursEntry, Stay
from tests.attendance import (
    HOUR,
    MINUTE,
    NOON,
    THREE,
    application_of,
    end_event,
    enter,
    leave,
    propose,
    proposed_to,
    the_proposal,
    volunteer_at_event,
)
from tests.examples import examples
from tests.factories import (
    ApplicationFactory,
    EventFactory,
    EventTicketFactory,
    HoursEntryFactory,
    OpportunityFactory,
    owner_of,
)
from tests.sql import rows_of, statements_of

pytestmark = pytest.mark.django_db

Pair = tuple[datetime, datetime]


@pytest.fixture
def ticket() -> EventTicket:
    return volunteer_at_event()


def test_entry_and_exit_propose_the_time_between_to_the_second(ticket: EventTicket) -> None:
    enter(ticket, NOON + timedelta(minutes=2, microseconds=900_000))
    leave(ticket, NOON + timedelta(hours=2, seconds=5, microseconds=100_000))
    assert propose(ticket) == [(NOON + 2 * MINUTE, NOON + timedelta(hours=2, seconds=5))]
    entry = the_proposal(ticket)
    assert (entry.application, entry.proposed_from) == (application_of(ticket), ticket.pk)
    assert entry.seconds == 2 * 3600 - 115
    assert (entry.proposed_started_at, entry.proposed_ended_at) == (entry.started_at, entry.ended_at)


def test_each_stay_is_proposed_and_a_pause_is_not(ticket: EventTicket) -> None:
    enter(ticket, NOON)
    leave(ticket, NOON + HOUR)
    enter(ticket, NOON + 90 * MINUTE)
    leave(ticket, THREE)
    assert propose(ticket) == [(NOON, NOON + HOUR), (NOON + 90 * MINUTE, THREE)]


def test_scans_that_let_nobody_pass_change_nothing_and_repeated_ones_neither(ticket: EventTicket) -> None:
    enter(ticket, NOON)
    enter(ticket, NOON + 30 * MINUTE, outcome="ALREADY_CHECKED_IN")
    for outcome in ("UNKNOWN_CODE", "TOO_EARLY", "TOO_LATE", "REVOKED", "CANCELLED", "EVENT_CANCELLED"):
        leave(ticket, NOON + HOUR, outcome=outcome)
    leave(ticket, NOON + 2 * HOUR)
    leave(ticket, THREE, outcome="NOT_INSIDE")
    assert propose(ticket) == [(NOON, NOON + 2 * HOUR)]


def test_who_is_still_inside_is_proposed_nothing_until_the_event_ends() -> None:
    begins = timezone.now().replace(microsecond=0) - HOUR
    ticket = volunteer_at_event(begins=begins, ends=begins + 2 * HOUR)
    enter(ticket, begins)
    assert propose(ticket) == []
    assert services.propose_hours_of_ended_events() == 0
    with time_machine.travel(begins + 2 * HOUR, tick=False):
        assert services.propose_hours_of_ended_events() == 1
    assert proposed_to(ticket) == [(begins, begins + 2 * HOUR)]


def test_a_missing_exit_never_gives_more_than_the_events_length(ticket: EventTicket) -> None:
    enter(ticket, NOON - 2 * HOUR)
    propose_hours_of_ended_events()
    assert proposed_to(ticket) == [(NOON, THREE)]


def test_a_real_exit_counts_as_it_was_also_before_the_begin_and_after_the_end(ticket: EventTicket) -> None:
    enter(ticket, NOON - HOUR)
    leave(ticket, THREE + HOUR)
    assert propose(ticket) == [(NOON - HOUR, THREE + HOUR)]


def test_who_came_after_the_end_and_never_left_is_proposed_nothing(ticket: EventTicket) -> None:
    enter(ticket, THREE + HOUR)
    propose_hours_of_ended_events()
    assert proposed_to(ticket) == []


@pytest.mark.parametrize(("seconds", "number"), [(59, 0), (60, 1)])
def test_stays_under_a_minute_are_not_proposed(ticket: EventTicket, seconds: int, number: int) -> None:
    enter(ticket, NOON)
    leave(ticket, NOON + timedelta(seconds=seconds))
    assert len(propose(ticket)) == number


@pytest.mark.parametrize("status", ["COMPLETED", "ACCEPTED"])
def test_an_accepted_application_is_enough(status: str) -> None:
    ticket = volunteer_at_event(status=status)
    enter(ticket, NOON)
    leave(ticket, THREE)
    assert propose(ticket) == [(NOON, THREE)]


@pytest.mark.parametrize("status", ["APPLIED", "SHORTLISTED", "WAITLISTED", "OFFERED", "DECLINED", "WITHDRAWN"])
def test_without_an_accepted_application_nothing_is_proposed(status: str) -> None:
    ticket = volunteer_at_event(status=status)
    guest = EventTicketFactory(event=ticket.event)
    elsewhere = EventTicketFactory(event=ticket.event, attendee=ApplicationFactory(status="ACCEPTED").volunteer)
    for one in (ticket, guest, elsewhere):
        enter(one, NOON)
        leave(one, THREE)
        propose(one)
    propose_hours_of_ended_events()
    assert not HoursEntry.objects.exists()


def test_an_event_of_no_opportunity_proposes_nothing_and_one_that_lost_it_takes_back(ticket: EventTicket) -> None:
    enter(ticket, NOON)
    leave(ticket, THREE)
    assert propose(ticket) == [(NOON, THREE)]
    end_event(ticket, opportunity=None)
    assert propose(ticket) == []
    services.propose_hours(event_id=10**9, ticket_ids=[ticket.pk])


@pytest.mark.django_db(transaction=True)
def test_an_event_that_loses_its_opportunity_takes_back_what_it_proposed() -> None:
    ticket = volunteer_at_event()
    enter(ticket, NOON)
    leave(ticket, NOON + HOUR)
    assert propose(ticket) == [(NOON, NOON + HOUR)]
    event = ticket.event
    changes = services.EventChanges(opportunity_id=None)
    services.update_event(actor=owner_of(event.organization), event_id=event.pk, changes=changes)
    assert proposed_to(ticket) == []


def test_an_event_that_gets_another_opportunity_proposes_to_the_volunteers_of_that_one(ticket: EventTicket) -> None:
    enter(ticket, NOON)
    propose_hours_of_ended_events()
    host = ticket.event.organization
    right = OpportunityFactory(host=host, past=True, start_date=NOON, end_date=THREE)
    other = ApplicationFactory(role__opportunity=right, status="ACCEPTED")
    guest = EventTicketFactory(event=ticket.event, attendee=other.volunteer)
    enter(guest, NOON + HOUR)
    changes = services.EventChanges(opportunity_id=right.pk)
    services.update_event(actor=owner_of(host), event_id=ticket.event_id, changes=changes)
    propose_hours_of_ended_events()
    assert proposed_to(ticket) == []
    assert proposed_to(guest) == [(NOON + HOUR, THREE)]


def test_late_scans_change_what_is_not_confirmed_and_keep_its_id(ticket: EventTicket) -> None:
    enter(ticket, NOON)
    propose_hours_of_ended_events()
    first = the_proposal(ticket)
    assert (first.started_at, first.ended_at) == (NOON, THREE)
    leave(ticket, NOON + 2 * HOUR)
    enter(ticket, NOON - 30 * MINUTE)
    assert propose(ticket) == [(NOON - 30 * MINUTE, NOON + 2 * HOUR)]
    assert the_proposal(ticket).pk == first.pk
    leave(ticket, NOON + HOUR)
    enter(ticket, NOON + 90 * MINUTE)
    assert propose(ticket) == [(NOON - 30 * MINUTE, NOON + HOUR), (NOON + 90 * MINUTE, NOON + 2 * HOUR)]
    Scan.objects.all().delete()
    assert propose(ticket) == []


def test_a_repeat_changes_nothing(ticket: EventTicket) -> None:
    enter(ticket, NOON)
    leave(ticket, NOON + HOUR)
    enter(ticket, NOON + 2 * HOUR)
    propose(ticket)
    propose_hours_of_ended_events()
    before = rows_of("opportunities", "events")
    propose(ticket)
    propose_hours_of_ended_events()
    assert rows_of("opportunities", "events") == before


@pytest.mark.parametrize("status", ["SUBMITTED", "APPROVED", "REJECTED"])
def test_what_was_logged_is_never_altered_and_its_time_not_proposed_again(ticket: EventTicket, status: str) -> None:
    enter(ticket, NOON)
    leave(ticket, NOON + HOUR)
    enter(ticket, NOON + 2 * HOUR)
    leave(ticket, THREE)
    propose(ticket)
    confirmed = HoursEntry.objects.order_by("started_at").first()
    assert confirmed
    opportunities.log_hours(actor=ticket.attendee, hours_entry_id=confirmed.pk)
    reviewed_at = None if status == "SUBMITTED" else timezone.now()
    HoursEntry.objects.filter(pk=confirmed.pk).update(status=status, reviewed_at=reviewed_at)
    before = HoursEntry.objects.values().get(pk=confirmed.pk)
    enter(ticket, NOON - HOUR)
    leave(ticket, THREE + HOUR, outcome="NOT_INSIDE")
    assert propose(ticket) == [(NOON + 2 * HOUR, THREE)]
    assert HoursEntry.objects.values().get(pk=confirmed.pk) == before


def test_a_stay_that_was_confirmed_at_quite_another_time_is_not_proposed_again(ticket: EventTicket) -> None:
    enter(ticket, NOON)
    leave(ticket, NOON + HOUR)
    propose(ticket)
    moved: dict[str, Any] = {"started_at": NOON - 5 * HOUR, "ended_at": NOON - 4 * HOUR}
    opportunities.log_hours(actor=ticket.attendee, hours_entry_id=the_proposal(ticket).pk, **moved)
    assert propose(ticket) == []
    enter(ticket, NOON + 2 * HOUR)
    leave(ticket, THREE)
    assert propose(ticket) == [(NOON + 2 * HOUR, THREE)]


def test_hours_of_another_application_at_the_time_leave_no_room(ticket: EventTicket) -> None:
    other = ApplicationFactory(volunteer=ticket.attendee, status="ACCEPTED")
    HoursEntryFactory(application=other, started_at=NOON + HOUR, ended_at=NOON + 2 * HOUR)
    HoursEntryFactory(started_at=NOON, ended_at=THREE)
    enter(ticket, NOON)
    leave(ticket, THREE)
    assert propose(ticket) == []


def test_of_two_events_at_the_same_time_one_is_proposed(ticket: EventTicket) -> None:
    twin = EventFactory(opportunity=ticket.event.opportunity, event_date=NOON, end_date=THREE)
    second = EventTicketFactory(event=twin, attendee=ticket.attendee)
    for one in (ticket, second):
        enter(one, NOON)
    assert propose_hours_of_ended_events() == 2
    assert proposed_to(ticket) == [(NOON, THREE)]


def test_hours_that_log_hours_would_refuse_are_not_proposed() -> None:
    days = timedelta(days=3)
    far = volunteer_at_event(begins=NOON - days, ends=NOON - days + HOUR)
    end_event(far, event_date=NOON, end_date=THREE)
    long = volunteer_at_event(begins=NOON, ends=THREE)
    end_event(long, end_date=NOON + timedelta(hours=25))
    early = volunteer_at_event(begins=NOON, ends=THREE)
    end_event(early, event_date=NOON - timedelta(hours=25), end_date=NOON - timedelta(hours=23))
    for ticket in (far, long, early):
        enter(ticket, ticket.event.event_date)
    propose_hours_of_ended_events()
    assert proposed_to(far) == [(NOON, THREE)]  # up to 30 days after the opportunity
    assert proposed_to(long) == []
    assert proposed_to(early) == []


def test_an_event_of_several_days_proposes_as_long_as_its_opportunity_is() -> None:
    ticket = volunteer_at_event(begins=NOON, ends=NOON + timedelta(days=3))
    enter(ticket, NOON + HOUR)
    propose_hours_of_ended_events()
    assert proposed_to(ticket) == [(NOON + HOUR, NOON + timedelta(days=3))]


def test_at_a_canceled_event_a_stay_without_exit_ends_when_it_was_canceled(ticket: EventTicket) -> None:
    enter(ticket, NOON)
    EventTicket.objects.filter(pk=ticket.pk).update(status="CANCELLED", cancelled_at=NOON + HOUR)
    end_event(ticket, status="CANCELLED", cancelled_at=NOON + HOUR)
    propose_hours_of_ended_events()
    assert proposed_to(ticket) == [(NOON, NOON + HOUR)]


def test_old_stays_are_not_proposed_any_more(ticket: EventTicket) -> None:
    enter(ticket, NOON)
    leave(ticket, THREE)
    with time_machine.travel(THREE + timedelta(days=60, seconds=1)):
        assert propose(ticket) == []
        assert propose_hours_of_ended_events() == 1
    assert proposed_to(ticket) == []


def test_an_application_keeps_its_maximum_of_entries(ticket: EventTicket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domains.opportunities.services.hours_rules.MAX_ENTRIES", 3)
    HoursEntryFactory(application=application_of(ticket), rejected=True)
    for number in range(4):
        enter(ticket, NOON + 20 * number * MINUTE)
        leave(ticket, NOON + (20 * number + 10) * MINUTE)
    assert propose(ticket) == propose(ticket) == [
        (NOON, NOON + 10 * MINUTE), (NOON + 20 * MINUTE, NOON + 30 * MINUTE)
    ]  # fmt: skip


def test_guests_without_an_application_cost_no_statement(ticket: EventTicket) -> None:
    def cost() -> int:
        return len(statements_of(services.propose_hours_of_ended_events))

    for _ in range(3):
        enter(EventTicketFactory(event=ticket.event), NOON)
    with_few = cost()
    end_event(ticket, hours_proposed_at=None)
    for _ in range(10):
        enter(EventTicketFactory(event=ticket.event), NOON)
    assert cost() == with_few


# Passages around the event, some at the same moment.
MOMENTS = st.lists(
    st.tuples(st.sampled_from(["ENTRY", "EXIT"]), st.integers(-120, 240).map(lambda minute: minute * 60)), max_size=14
)


@given(passages=MOMENTS, data=st.data())
@settings(max_examples=examples(80), deadline=None)
def test_any_order_of_scans_proposes_what_the_sorted_order_does(passages: list[Any], data: st.DataObject) -> None:
    in_order, shuffled = sorted(passages, key=lambda passage: passage[1]), data.draw(st.permutations(passages))
    results = []
    with transaction.atomic():
        for order in (in_order, shuffled):
            ticket = volunteer_at_event()
            for direction, second in order:
                (enter if direction == "ENTRY" else leave)(ticket, NOON + timedelta(seconds=second))
                if data.draw(st.booleans()):
                    propose(ticket)
            services.propose_hours_of_ended_events()
            results.append(propose(ticket))
        transaction.set_rollback(True)
    assert results[0] == results[1]
    assert all(ended - began >= MINUTE for began, ended in results[0])
    assert all(one[1] <= other[0] for one, other in zip(results[0], results[0][1:], strict=False))


@given(passages=MOMENTS, minutes=st.integers(-180, 240))
@settings(max_examples=examples(400), deadline=None)
def test_stays_alternate_and_an_open_one_is_within_the_event(passages: list[Any], minutes: int) -> None:
    event = Event(event_date=NOON, end_date=THREE)
    in_order = sorted((NOON + timedelta(seconds=second), direction) for direction, second in passages)
    now = NOON + minutes * MINUTE
    stays = list(pair_passages([(direction, at) for at, direction in in_order], event=event, now=now))
    entries = {at for at, direction in in_order if direction == "ENTRY"}
    exits = {at for at, direction in in_order if direction == "EXIT"}
    assert all(stay.started_at <= stay.ended_at for stay in stays)
    finished = [stay for stay in stays if stay.ended_at in exits and stay.started_at in entries]
    for stay in stays:
        if stay not in finished:
            assert stay == stays[-1]
            assert NOON <= stay.started_at < stay.ended_at == THREE <= now


@pytest.mark.parametrize("acts", [(leave, enter), (enter, leave)])
def test_of_an_entry_and_an_exit_at_the_same_moment_the_exit_is_the_last(ticket: EventTicket, acts: Any) -> None:
    enter(ticket, NOON)
    for act in acts:
        act(ticket, NOON + HOUR)
    assert find_stays(ticket=ticket, event=ticket.event, now=THREE) == [Stay(NOON, NOON + HOUR)]
