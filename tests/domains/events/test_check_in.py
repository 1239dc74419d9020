"""One scan at the door: what is answered, what is stored, and who may ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.events import codes, facts, invariants, selectors, services
from domains.events.models import Event, EventStatus, EventTicket, FormerCode, Scan, ScanOutcome, TicketStatus
from domains.opportunities.models import MembershipRole
from tests.door import ENTRY, EXIT, manager_of, open_event, scan, scanner_of, tickets_to
from tests.factories import (
    EventFactory,
    EventTicketFactory,
    HostMembershipFactory,
    OpportunityFactory,
    UserFactory,
)
from tests.sql import rows_of, statements_of

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], Any]) -> list[tuple[str, str | None]]:
    """Return the codes and fields of the refusal, which changes nothing."""
    before = rows_of("events", "base")
    with pytest.raises(Refused) as refusal:
        act()
    assert rows_of("events", "base") == before
    return [(str(problem.code), problem.field) for problem in refusal.value.problems]


def test_a_ticket_lets_its_holder_in_once_until_they_leave() -> None:
    (ticket,) = tickets_to(open_event(), 1)
    first = scan(ticket)
    assert (first.outcome, first.first_check_in_time) == ("ADMITTED", first.scanned_at)
    again = scan(ticket)
    assert (again.outcome, again.first_check_in_time) == ("ALREADY_CHECKED_IN", first.scanned_at)
    assert scan(ticket, direction=EXIT).outcome == "EXITED"
    assert scan(ticket, direction=EXIT).outcome == "NOT_INSIDE"
    back = scan(ticket)
    assert (back.outcome, back.first_check_in_time) == ("ADMITTED", first.scanned_at)
    ticket.refresh_from_db()
    assert (ticket.check_in_time, ticket.is_inside, ticket.last_passed_at) == (first.scanned_at, True, back.scanned_at)
    assert Scan.objects.count() == 5
    assert not invariants.check_ins_follow_from_scans().exists()


def test_the_typed_code_opens_the_door_in_any_spelling() -> None:
    (ticket,) = tickets_to(open_event(), 1)
    typed = "-".join(ticket.ticket_code[at : at + 4] for at in range(0, 16, 4)).lower()
    assert scan(f" {typed} ", ticket.event).outcome == "ADMITTED"


def test_the_result_has_the_attendee_and_the_event_but_no_code() -> None:
    (ticket,) = tickets_to(open_event(), 1)
    shown = scan(ticket, actor=scanner_of(ticket.event)).ticket
    assert shown
    assert (shown.pk, shown.attendee, shown.event) == (ticket.pk, ticket.attendee, ticket.event)
    assert (shown.ticket_code, shown.code_random, shown.revoked_reason) == ("", "", "")
    assert EventTicket.objects.get().ticket_code == ticket.ticket_code


def replaced(ticket: EventTicket) -> str:
    """Replace the code of the ticket; return the former one."""
    former = codes.code_of(ticket)
    FormerCode.objects.create(ticket=ticket, ticket_code=ticket.ticket_code, code_random=ticket.code_random)
    EventTicket.objects.filter(pk=ticket.pk).update(ticket_code="A" * 16, code_random="B" * 22)
    return former


def test_a_replaced_code_is_revoked_in_both_forms_and_the_new_one_opens_the_door() -> None:
    (ticket,) = tickets_to(open_event(), 1)
    typed, signed = ticket.ticket_code, replaced(ticket)
    for code in (typed, signed):
        answer = scan(code, ticket.event)
        assert (answer.outcome, answer.ticket_id) == ("REVOKED", ticket.pk)
    ticket.refresh_from_db()
    assert scan(ticket).outcome == "ADMITTED"


@pytest.mark.parametrize("status", [TicketStatus.WAITLISTED, TicketStatus.OFFERED])
def test_a_ticket_that_waits_for_its_slot_is_unknown_to_the_door(status: TicketStatus) -> None:
    ticket = EventTicketFactory(event=open_event(), status=status)
    answer = scan(ticket)
    assert (answer.outcome, answer.ticket) == ("UNKNOWN_CODE", None)


def test_a_canceled_and_a_revoked_ticket_are_told_apart() -> None:
    event, now = open_event(), timezone.now()
    canceled = EventTicketFactory(event=event, status=TicketStatus.CANCELLED)
    revoked = EventTicketFactory(event=event, status=TicketStatus.CANCELLED, cancelled_at=now, revoked_at=now)
    assert [scan(ticket).outcome for ticket in (canceled, revoked)] == ["CANCELLED", "REVOKED"]


def test_a_ticket_to_another_event_is_refused_without_the_name_of_its_holder() -> None:
    answer = scan(EventTicketFactory(), open_event())
    assert (answer.outcome, answer.ticket, answer.first_check_in_time) == ("WRONG_EVENT", None, None)


@pytest.mark.parametrize(
    "code", ["", "x", "A" * 16, "A" * 4_097, "A" * 50_000, "a.b.c", "é" * 16, "\ud800", "😀" * 400]
)
def test_any_other_text_is_an_unknown_code_and_stored_as_a_scan(code: str) -> None:
    event = open_event()
    assert scan(code, event).outcome == "UNKNOWN_CODE"
    assert Scan.objects.get().outcome == "UNKNOWN_CODE"


def test_a_canceled_event_refuses_everybody() -> None:
    (ticket,) = tickets_to(open_event(), 1)
    Event.objects.update(status=EventStatus.CANCELLED, cancelled_at=timezone.now())
    assert scan(ticket).outcome == "EVENT_CANCELLED"


def test_an_event_that_is_canceled_while_the_scan_waits_for_the_ticket_is_the_reason_and_not_the_ticket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = import_module("domains.events.services.check_in")
    (ticket,) = tickets_to(open_event(), 1)
    read = module._read

    def cancel_and_read(code: str, event: Event) -> Any:
        now = timezone.now()
        Event.objects.update(status=EventStatus.CANCELLED, cancelled_at=now)
        EventTicket.objects.update(status=TicketStatus.CANCELLED, cancelled_at=now)
        return read(code, event)

    monkeypatch.setattr(module, "_read", cancel_and_read)
    assert scan(ticket).outcome == "EVENT_CANCELLED"


@pytest.mark.parametrize(
    ("from_start", "from_end", "outcome"),
    [
        (timedelta(hours=-2, seconds=-1), None, "TOO_EARLY"),
        (timedelta(hours=-2), None, "ADMITTED"),
        (None, timedelta(hours=2), "ADMITTED"),
        (None, timedelta(hours=2, seconds=1), "TOO_LATE"),
    ],
)
def test_the_doors_are_open_from_two_hours_before_the_start_to_two_hours_after_the_end(
    from_start: timedelta | None, from_end: timedelta | None, outcome: str
) -> None:
    (ticket,) = tickets_to(EventFactory(), 1)
    moment = ticket.event.event_date + from_start if from_start else ticket.event.end_date + (from_end or timedelta())
    with time_machine.travel(moment, tick=False):
        answer = scan(ticket)
    assert (answer.outcome, answer.ticket_id) == (outcome, ticket.pk)
    assert EventTicket.objects.get().is_inside == (outcome == "ADMITTED")


def test_a_repeat_gets_the_first_answer_whatever_has_happened_since() -> None:
    (ticket,) = tickets_to(open_event(), 1)
    first = [scan(ticket, nonce="exit", direction=EXIT), scan(ticket, nonce="entry")]
    scan(ticket, direction=EXIT)
    former = replaced(ticket)
    now = timezone.now()
    EventTicket.objects.update(
        status=TicketStatus.CANCELLED, cancelled_at=now, revoked_at=now, revoked_reason="Because."
    )
    again = [scan(former, ticket.event, nonce=nonce, direction=ENTRY) for nonce in ("exit", "entry")]
    for answer, repeat in zip(first, again, strict=True):
        assert values(repeat) == values(answer)
    assert [answer.outcome for answer in again] == ["NOT_INSIDE", "ADMITTED"]
    assert Scan.objects.count() == 3


def test_the_answer_says_who_is_inside_after_the_scan() -> None:
    (ticket,) = tickets_to(open_event(), 1)
    ways = (ENTRY, ENTRY, EXIT, EXIT)
    answers = [scan(ticket, direction=way, nonce=f"{number}") for number, way in enumerate(ways)]
    again = [scan(ticket, direction=way, nonce=f"{number}") for number, way in enumerate(ways)]
    inside = [answer.ticket and answer.ticket.is_inside for answer in (*answers, *again)]
    assert inside == [True, True, False, False] * 2


def values(scan: Scan) -> dict[str, Any]:
    """Return all that the answer shows."""
    columns = {field.attname: getattr(scan, field.attname) for field in Scan._meta.concrete_fields}
    shown = ("status", "check_in_time", "is_inside", "cancelled_at", "revoked_at", "revoked_reason", "ticket_code")
    return {**columns, **({name: getattr(scan.ticket, name) for name in shown} if scan.ticket else {})}


def test_another_scanner_who_repeats_the_nonce_with_the_same_code_gets_the_first_answer() -> None:
    (ticket,) = tickets_to(open_event(), 1)
    scan(ticket, nonce="same")
    again = scan(ticket, nonce="same", actor=scanner_of(ticket.event))
    assert (again.outcome, again.ticket) == ("ADMITTED", ticket)
    assert Scan.objects.count() == 1


@pytest.mark.parametrize("code", ["another ticket", "no code"])
def test_a_nonce_of_another_code_is_refused_and_tells_no_name(code: str) -> None:
    ticket, other = tickets_to(open_event(), 2)
    scan(ticket, nonce="same")
    wrong = other if code == "another ticket" else "guessed"
    assert refused(lambda: scan(wrong, ticket.event, nonce="same")) == [("DUPLICATE", "nonce")]


def test_the_same_nonce_at_another_event_is_another_scan() -> None:
    tickets = [tickets_to(open_event(), 1)[0] for _ in range(2)]
    assert [scan(ticket, nonce="same").outcome for ticket in tickets] == ["ADMITTED", "ADMITTED"]


@pytest.mark.parametrize(("nonce", "code"), [("", "REQUIRED"), ("n" * 65, "TOO_LONG")])
def test_a_nonce_has_1_to_64_characters(nonce: str, code: str) -> None:
    event = open_event()
    act = lambda: services.check_in(  # noqa: E731
        actor=manager_of(event), event_id=event.pk, code="x", nonce=nonce, direction=ENTRY
    )
    assert refused(act) == [(code, "nonce")]
    assert scan("x", event, nonce="n" * 64).nonce == "n" * 64


def test_who_may_check_in() -> None:
    event = open_event()
    (ticket,) = tickets_to(event, 1)
    own = open_event(organization=None)
    assert own.host
    everybody: dict[str, tuple[User, Event]] = {
        "the owner": (manager_of(event), event),
        "a scanner": (scanner_of(event), event),
        "the creator": (own.host, own),
    }
    for who, (actor, at) in everybody.items():
        assert scan("x", at, actor=actor).outcome == "UNKNOWN_CODE", who
    for actor in (UserFactory(), ticket.attendee, UserFactory(is_staff=True, is_superuser=True)):
        assert refused(lambda actor=actor: scan(ticket, actor=actor)) == [("FORBIDDEN", None)]  # type: ignore[misc]


def test_all_questions_about_who_may_check_in_have_one_answer() -> None:
    creator = UserFactory()
    for event in (open_event(host=creator), open_event(host=creator, organization=None)):
        asked = [UserFactory(), UserFactory(superuser=True), creator, scanner_of(open_event())]
        if event.organization:
            coordinator = HostMembershipFactory(host=event.organization, role=MembershipRole.COORDINATOR).user
            assert coordinator
            asked += [manager_of(event), scanner_of(event), coordinator]
        keys = [one.pk for one in asked]
        # A creator who does not belong to the organization may do nothing there.
        allowed = {one.pk for one in asked[4:]} if event.organization else {creator.pk}
        assert allowed == {one.pk for one in asked if Event.objects.checked_in_by(one).filter(pk=event.pk).exists()}
        assert allowed == set(selectors.find_people_at_door(event_id=event.pk, among=keys))
        found = {one.pk: selectors.find_at_door(viewer=one, event_id=event.pk) for one in asked}
        assert allowed == {key for key, at_door in found.items() if at_door and at_door.may_check_in}
        Event.objects.filter(pk=event.pk).update(status=EventStatus.DRAFT)
        assert selectors.find_people_at_door(event_id=event.pk, among=keys) == {}


def test_a_draft_and_an_event_that_does_not_exist_are_not_found() -> None:
    draft = EventFactory(draft=True, now=True)
    for actor in (UserFactory(), scanner_of(draft), manager_of(draft)):
        assert refused(lambda actor=actor: scan("x", draft, actor=actor)) == [("NOT_FOUND", "event_id")]  # type: ignore[misc]
    act = lambda: services.check_in(  # noqa: E731
        actor=manager_of(draft), event_id=0, code="x", nonce="n", direction=ENTRY
    )
    assert refused(act) == [("NOT_FOUND", "event_id")]


def test_a_scan_online_is_later_than_what_a_fast_clock_recorded() -> None:
    (ticket,) = tickets_to(open_event(), 1)
    ahead = timezone.now() + timedelta(minutes=9)
    Scan.objects.create(event=ticket.event, ticket=ticket, nonce="fast", outcome=ScanOutcome.ADMITTED, scanned_at=ahead)
    services.scans.derive_presence(ticket_ids=[ticket.pk])
    assert scan(ticket).outcome == "ALREADY_CHECKED_IN"
    assert scan(ticket, direction=EXIT).outcome == "EXITED"
    assert scan(ticket).outcome == "ADMITTED"
    assert not invariants.check_ins_follow_from_scans().exists()


def test_hours_may_change_only_if_the_event_belongs_to_an_opportunity() -> None:
    event = open_event(opportunity=OpportunityFactory())
    tickets = [*tickets_to(open_event(), 1), *tickets_to(event, 1)]
    for ticket in tickets:
        scan(ticket)
        scan("x", ticket.event)
    published = OutboxEntry.objects.filter(fact=facts.AttendeesPassed.name())
    assert [entry.payload for entry in published] == [{"event_id": event.pk, "ticket_ids": [tickets[1].pk]}]


def test_a_scan_takes_four_statements_and_one_more_for_an_event_of_an_opportunity() -> None:
    """The event with the right, the ticket with its lock, the scan, what follows from it; and the outbox."""
    for event, most in ((open_event(), 4), (open_event(opportunity=OpportunityFactory()), 5)):
        ticket, actor = tickets_to(event, 1)[0], scanner_of(event)
        statements = statements_of(lambda ticket=ticket, actor=actor: scan(ticket, actor=actor))  # type: ignore[misc]
        asked = [sql for sql in statements if "SAVEPOINT" not in sql and 'outboxentry" SET' not in sql]
        assert len(asked) == most, "\n".join(asked)
