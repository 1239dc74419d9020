"""Uploads of offline scans: decided by their time, once, whatever the order and however often they arrive."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.events import codes, facts, invariants
from domains.events.models import (
    Event,
    EventChange,
    EventStatus,
    EventTicket,
    FormerCode,
    Scan,
    ScanDirection,
    TicketStatus,
    new_code_random,
    new_ticket_code,
)
from domains.events.services import OfflineScan
from tests.door import EXIT, manager_of, offline, open_event, presence_at, scan, scanner_of, sync, tickets_to
from tests.factories import EventFactory, EventTicketFactory, OpportunityFactory, UserFactory
from tests.sql import rows_of, statements_of

pytestmark = pytest.mark.django_db


def ago(minutes: float) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


def outcomes(answers: list[Scan]) -> list[str]:
    return [str(answer.outcome.value) for answer in answers]


def refused(act: Callable[[], Any]) -> list[tuple[str, str | None]]:
    """Return the codes and fields of the refusal, which changes nothing."""
    before = rows_of("events", "base")
    with pytest.raises(Refused) as refusal:
        act()
    assert rows_of("events", "base") == before
    return [(str(problem.code), problem.field) for problem in refusal.value.problems]


def test_each_scan_is_answered_in_the_order_sent_and_decided_in_the_order_of_the_times() -> None:
    event = open_event()
    (ticket,) = tickets_to(event, 1)
    answers = sync(
        event,
        offline(ticket, ago(10), direction=EXIT),
        offline(ticket, ago(30)),
        offline("x", ago(25)),
        offline(ticket, ago(20)),
        offline(ticket, ago(5), direction=EXIT),
    )
    assert outcomes(answers) == ["EXITED", "ADMITTED", "UNKNOWN_CODE", "ALREADY_CHECKED_IN", "NOT_INSIDE"]
    first = answers[1].scanned_at
    assert [answer.first_check_in_time for answer in answers] == [first, first, None, first, first]
    assert presence_at(event) == [(ticket.pk, first, False, answers[4].scanned_at)]
    assert {answer.device_id for answer in answers} == {"phone"}
    assert not invariants.check_ins_follow_from_scans().exists()


def test_an_empty_queue_is_synced_to_nothing() -> None:
    assert sync(open_event()) == []


def test_a_repeat_gets_the_first_answer_from_another_device_and_within_one_upload() -> None:
    event = open_event()
    (ticket,) = tickets_to(event, 1)
    entry = offline(ticket, ago(5))
    first, again = sync(event, entry, entry)
    (other,) = sync(event, entry, actor=scanner_of(event), device_id="another")
    assert (first.pk, again.pk, other.pk) == (first.pk,) * 3
    assert (other.device_id, other.outcome) == ("phone", "ADMITTED")
    assert Scan.objects.count() == 1


def test_a_scan_that_was_answered_online_and_is_sent_again_from_the_queue_gets_that_answer() -> None:
    event = open_event()
    (ticket,) = tickets_to(event, 1)
    first = scan(ticket, nonce="same")
    (again,) = sync(event, offline(ticket, ago(5), nonce="same"))
    assert (again.pk, again.scanned_at) == (first.pk, first.scanned_at)


def test_a_scan_that_arrives_late_is_decided_by_what_was_true_at_its_time() -> None:
    event = open_event()
    (ticket,) = tickets_to(event, 1)
    scan(ticket)
    early, before_that, between = sync(
        event,
        offline(ticket, ago(30)),
        offline(ticket, ago(40), direction=EXIT),
        offline(ticket, ago(20), direction=EXIT),
    )
    assert outcomes([early, before_that, between]) == ["ADMITTED", "NOT_INSIDE", "EXITED"]
    assert before_that.first_check_in_time is None
    ticket.refresh_from_db()
    assert (ticket.check_in_time, ticket.is_inside) == (early.scanned_at, True)


def cancel_ticket(ticket: EventTicket, at: datetime) -> None:
    EventTicket.objects.filter(pk=ticket.pk).update(status=TicketStatus.CANCELLED, cancelled_at=at)


def revoke_ticket(ticket: EventTicket, at: datetime) -> None:
    EventTicket.objects.filter(pk=ticket.pk).update(status=TicketStatus.CANCELLED, cancelled_at=at, revoked_at=at)


def replace_code(ticket: EventTicket, at: datetime) -> None:
    codes_of = {"ticket_code": ticket.ticket_code, "code_random": ticket.code_random}
    FormerCode.objects.create(ticket=ticket, replaced_at=at, **codes_of)
    EventTicket.objects.filter(pk=ticket.pk).update(ticket_code=new_ticket_code(), code_random=new_code_random())


def cancel_event(ticket: EventTicket, at: datetime) -> None:
    cancel_ticket(ticket, at)
    Event.objects.filter(pk=ticket.event_id).update(status=EventStatus.CANCELLED, cancelled_at=at)


def postpone_event(ticket: EventTicket, at: datetime) -> None:
    event = ticket.event
    before = {"event_date": event.event_date.isoformat(), "end_date": event.end_date.isoformat()}
    EventChange.objects.create(event=event, at=at, before=before, after={})
    later = {"event_date": event.event_date + timedelta(days=3), "end_date": event.end_date + timedelta(days=3)}
    Event.objects.filter(pk=event.pk).update(**later)


CHANGES = [
    (cancel_ticket, "CANCELLED"),
    (revoke_ticket, "REVOKED"),
    (replace_code, "REVOKED"),
    (cancel_event, "EVENT_CANCELLED"),
    (postpone_event, "TOO_EARLY"),
]


@pytest.mark.parametrize(("change", "outcome"), CHANGES)
def test_what_was_valid_at_its_time_is_recorded_and_marked_and_what_was_not_is_refused(
    change: Callable[[EventTicket, datetime], None], outcome: str
) -> None:
    event = open_event()
    (ticket,) = tickets_to(event, 1)
    entry, again, exit, late = (
        offline(ticket, ago(30)),
        offline(ticket, ago(25)),
        offline(ticket, ago(20), direction=EXIT),
        offline(ticket, ago(10)),
    )
    change(ticket, ago(15))
    answers = sync(event, entry, again, exit, late)
    assert outcomes(answers) == ["ADMITTED", "ALREADY_CHECKED_IN", "EXITED", outcome]
    assert [answer.is_recorded_though_invalid for answer in answers] == [True, True, True, False]
    assert [answer.ticket_id for answer in answers] == [ticket.pk] * 4
    ticket.refresh_from_db()
    assert (ticket.check_in_time, ticket.is_inside) == (entry.scanned_at, False)
    assert not invariants.check_ins_follow_from_scans().exists()


def test_a_scan_that_arrives_after_the_doors_have_closed_is_not_marked() -> None:
    event = EventFactory(past=True)
    (ticket,) = tickets_to(event, 1)
    entry, late = sync(event, offline(ticket, event.event_date), offline(ticket, timezone.now()))
    assert outcomes([entry, late]) == ["ADMITTED", "TOO_LATE"]
    assert not entry.is_recorded_though_invalid


def test_a_code_that_is_replaced_while_the_upload_waits_for_the_ticket_is_revoked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = open_event()
    (ticket,) = tickets_to(event, 1)
    entry, find = offline(ticket, ago(5)), codes.find_tickets

    def find_and_replace(texts: Any) -> Any:
        found = find(texts)
        if not FormerCode.objects.exists():
            replace_code(ticket, ago(6))
        return found

    monkeypatch.setattr(codes, "find_tickets", find_and_replace)
    assert outcomes(sync(event, entry)) == ["REVOKED"]


def test_a_ticket_of_another_event_and_one_that_waits_are_refused_without_a_name() -> None:
    event = open_event()
    waiting = EventTicketFactory(event=event, status=TicketStatus.WAITLISTED)
    answers = sync(event, offline(EventTicketFactory()), offline(waiting), offline("A" * 5_000))
    assert outcomes(answers) == ["WRONG_EVENT", "UNKNOWN_CODE", "UNKNOWN_CODE"]
    assert [answer.ticket for answer in answers] == [None] * 3


def test_bad_scans_are_named_by_their_numbers_and_nothing_is_stored() -> None:
    event = open_event()
    (ticket,) = tickets_to(event, 1)
    ahead = timezone.now() + timedelta(minutes=11)
    good, bad = offline(ticket), OfflineScan(code="x", nonce="", scanned_at=ahead)
    without_offset = OfflineScan(code="x", nonce="n", scanned_at=datetime(2026, 1, 1))  # noqa: DTZ001
    year_one = OfflineScan(code="x", nonce="n" * 65, scanned_at=datetime(1, 1, 1, tzinfo=UTC))
    act = lambda: sync(event, good, bad, without_offset, year_one, device_id="")  # noqa: E731
    assert refused(act) == [
        ("REQUIRED", "device_id"),
        ("REQUIRED", "scans.1.nonce"),
        ("INVALID", "scans.1.scanned_at"),
        ("INVALID", "scans.2.scanned_at"),
        ("TOO_LONG", "scans.3.nonce"),
        ("INVALID", "scans.3.scanned_at"),
    ]
    with pytest.raises(Refused) as refusal:
        sync(event, bad)
    assert 0 < (refusal.value.retry_after or 0) <= 60
    assert outcomes(sync(event, good)) == ["ADMITTED"]


def test_a_clock_that_is_ten_minutes_ahead_is_accepted() -> None:
    event = open_event()
    (ticket,) = tickets_to(event, 1)
    assert outcomes(sync(event, offline(ticket, timezone.now() + timedelta(minutes=10)))) == ["ADMITTED"]


def test_a_device_id_has_at_most_64_characters_and_an_upload_a_thousand_scans() -> None:
    event = open_event()
    assert refused(lambda: sync(event, device_id="d" * 65)) == [("TOO_LONG", "device_id")]
    many = [offline("x") for _ in range(1_001)]
    assert refused(lambda: sync(event, *many)) == [("TOO_LONG", "scans")]


def test_a_nonce_of_another_ticket_is_refused_and_named() -> None:
    event = open_event()
    ticket, other = tickets_to(event, 2)
    scan(ticket, nonce="stored")
    assert refused(lambda: sync(event, offline(other), offline(other, nonce="stored"))) == [
        ("DUPLICATE", "scans.1.nonce")
    ]
    twice = [offline(ticket, ago(2), nonce="twice"), offline(other, ago(1), nonce="twice")]
    assert refused(lambda: sync(event, *twice)) == [("DUPLICATE", "scans.1.nonce")]


def test_who_may_sync() -> None:
    event = open_event()
    (ticket,) = tickets_to(event, 1)
    entry = offline(ticket)
    strangers: list[User] = [UserFactory(), ticket.attendee]
    for actor in strangers:
        assert refused(lambda actor=actor: sync(event, entry, actor=actor)) == [("FORBIDDEN", None)]  # type: ignore[misc]
    draft = EventFactory(draft=True)
    assert refused(lambda: sync(draft, actor=manager_of(draft))) == [("NOT_FOUND", "event_id")]
    assert outcomes(sync(event, entry, actor=scanner_of(event))) == ["ADMITTED"]


def test_hours_may_change_for_everybody_who_passed_by_one_fact() -> None:
    event = open_event(opportunity=OpportunityFactory())
    tickets = tickets_to(event, 3)
    waiting = EventTicketFactory(event=event, status=TicketStatus.CANCELLED, cancelled_at=ago(60))
    sync(event, *map(offline, tickets[:2]), offline(waiting), offline("x"))
    (entry,) = OutboxEntry.objects.filter(fact=facts.AttendeesPassed.name())
    assert entry.payload == {"event_id": event.pk, "ticket_ids": [ticket.pk for ticket in tickets[:2]]}


def test_an_upload_costs_the_same_statements_however_many_scans_it_has() -> None:
    event = open_event(opportunity=OpportunityFactory())
    tickets = tickets_to(event, 40)
    manager = manager_of(event)
    for ticket in tickets:  # the uploads below come late
        scan(ticket)

    def statements(number: int) -> list[str]:
        scans = [offline(ticket, ago(30)) for ticket in tickets[:number]]
        scans += [offline("A" * 15 + letter) for letter in "ABCDEF"[:number]]
        return statements_of(lambda: sync(event, *scans, actor=manager))

    one, many = statements(1), statements(40)
    assert len(one) == len(many), "\n".join(many)
    asked = [sql for sql in many if "SAVEPOINT" not in sql]
    assert len(asked) <= 10, "\n".join(asked)


def log_of(event: Event, number: int, seed: int) -> list[OfflineScan]:
    """Return a log of entries, exits, double scans, unknown codes and codes that were revoked meanwhile."""
    choose = random.Random(seed)
    tickets = tickets_to(event, number // 4)
    for ticket in tickets[::7]:
        revoke_ticket(ticket, ago(30))
    for ticket in tickets[3::7]:
        replace_code(ticket, ago(40))
    scans = []
    for _ in range(number):
        ticket = choose.choice(tickets)
        code = codes.code_of(ticket) if choose.random() < 0.95 else "guessed"
        way = EXIT if choose.random() < 0.4 else OfflineScan.direction
        # Whole minutes, so that many scans have the same time.
        scans.append(offline(code, event.event_date + timedelta(minutes=choose.randrange(90)), direction=way))
    return scans


def test_a_log_of_500_scans_replayed_twice_shuffled_from_two_devices_leaves_the_state_of_once() -> None:
    event = EventFactory(event_date=ago(100), end_date=ago(5), max_attendees=None)
    scans = log_of(event, 500, seed=11)
    first = {answer.nonce: answer for answer in sync(event, *scans)}
    once = presence_at(event)
    assert any(is_inside for _, _, is_inside, _ in once)
    assert len({answer.outcome for answer in first.values()}) >= 6
    assert not invariants.check_ins_follow_from_scans().exists()
    for way in range(3):
        forget_scans()
        replay(event, scans, seed=way)
        assert presence_at(event) == once
        assert not invariants.check_ins_follow_from_scans().exists()
        assert Scan.objects.count() == 500
        # Those refused for a reason that does not depend on others are refused in any order.
        for nonce, outcome in Scan.objects.values_list("nonce", "outcome"):
            assert (outcome in PRESENCE) == (first[nonce].outcome in PRESENCE)
            assert outcome in PRESENCE or outcome == first[nonce].outcome


def forget_scans() -> None:
    Scan.objects.all().delete()
    EventTicket.objects.update(check_in_time=None, is_inside=False, last_passed_at=None)


PRESENCE = {"ADMITTED", "EXITED", "ALREADY_CHECKED_IN", "NOT_INSIDE"}


def replay(event: Event, scans: list[OfflineScan], seed: int) -> None:
    """Send the log twice, shuffled, in batches from two devices; a repeat gets the first answer."""
    choose = random.Random(seed)
    twice = [(device, one) for device in ("one", "two") for one in scans]
    choose.shuffle(twice)
    answered: dict[str, Any] = {}
    at = 0
    while at < len(twice):
        size = choose.randrange(1, 120)
        device = twice[at][0]
        batch = [one for _, one in twice[at : at + size]]
        answers = sync(event, *batch, device_id=device)
        assert [answer.nonce for answer in answers] == [one.nonce for one in batch]
        for answer in answers:
            value = (answer.outcome, answer.recorded_at, answer.first_check_in_time, answer.device_id)
            assert answered.setdefault(answer.nonce, value) == value
        at += size
    assert answered.keys() == {one.nonce for one in scans}


#: Scans of three tickets, of which the second is canceled in minute 4 and the third has its code replaced then.
SCANS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 8), st.sampled_from(ScanDirection)), max_size=10)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), made=SCANS)
def test_any_order_and_any_repetition_of_scans_leave_the_same_state(
    three_tickets: list[EventTicket], data: st.DataObject, made: list[tuple[int, int, ScanDirection]]
) -> None:
    event = three_tickets[0].event
    scans = [
        offline(three_tickets[ticket], event.event_date + timedelta(minutes=minute), direction=way, nonce=f"{number}")
        for number, (ticket, minute, way) in enumerate(made)
    ]
    forget_scans()
    sync(event, *scans)
    once = presence_at(event)
    forget_scans()
    for number in data.draw(st.permutations([*range(len(scans))] * 2)):
        sync(event, scans[number], device_id=data.draw(st.sampled_from("ab")))
    assert presence_at(event) == once
    assert not invariants.check_ins_follow_from_scans().exists()


@pytest.fixture
def three_tickets() -> list[EventTicket]:
    event = EventFactory(event_date=ago(60), end_date=ago(5))
    tickets = tickets_to(event, 3)
    at = event.event_date + timedelta(minutes=4)
    cancel_ticket(tickets[1], at)
    replace_code(tickets[2], at)
    return tickets
