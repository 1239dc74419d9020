"""Many people claim, cancel, answer and lose tickets at once: the lock of the event gives out its slots one by one."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.base.personal_data import ErasedPerson
from domains.events import services
from domains.events.models import Event, EventTicket, FormerCode, TicketStatus
from domains.events.services.expire_ticket_offers import expire_ticket_offers
from tests.domains.events.tickets import assert_sound, full_event, statuses, waitlist
from tests.factories import EventFactory, EventTicketFactory, UserFactory, owner_of
from tests.threads import at_once

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("crowds"),  # two at once would be more connections than PostgreSQL gives
]

SLOTS, CLAIMANTS = 10, 40
#: How often a race of two is run.
TIMES = 5


def outcome(answer: Any) -> str:
    if isinstance(answer, Refused):
        return str(answer.problems[0].code)
    return "IntegrityError" if isinstance(answer, IntegrityError) else str(answer.status.value)


def counts(event: Event) -> dict[str, int]:
    event.refresh_from_db()
    return Counter(status.value for status in event.tickets.values_list("status", flat=True))


def offers() -> int:
    return OutboxEntry.objects.filter(fact="events.TicketOffered").count()


def cancel(ticket: EventTicket) -> EventTicket:
    return services.cancel_ticket(actor=ticket.attendee, ticket_id=ticket.pk)


def claim(event: Event, actor: User, **wish: Any) -> EventTicket:
    return services.claim_ticket(actor=actor, event_id=event.pk, **wish)


def claim_all(event: Event, **wish: Any) -> list[Any]:
    people = [UserFactory() for _ in range(CLAIMANTS)]

    def act(number: int) -> Any:
        try:
            return claim(event, people[number], **wish)
        except IntegrityError as refused_by_the_database:
            return refused_by_the_database

    return at_once(act, CLAIMANTS)


def test_forty_people_at_once_share_ten_tickets() -> None:
    event = EventFactory(max_attendees=SLOTS)
    assert Counter(map(outcome, claim_all(event))) == {"ISSUED": SLOTS, "FULL": CLAIMANTS - SLOTS}
    assert counts(event) == {"ISSUED": SLOTS}
    assert event.tickets_taken == SLOTS


def test_people_who_join_the_waitlist_at_once_are_in_a_total_order() -> None:
    event = EventFactory(max_attendees=SLOTS)
    answers = claim_all(event, join_waitlist=True)
    assert Counter(map(outcome, answers)) == {"ISSUED": SLOTS, "WAITLISTED": CLAIMANTS - SLOTS}
    times = list(EventTicket.objects.waiting_for(event).values_list("waitlisted_at", flat=True))
    assert len(times) == len(set(times)) == CLAIMANTS - SLOTS
    assert_sound()


def test_a_person_who_claims_many_times_at_once_has_one_ticket() -> None:
    event, person = EventFactory(max_attendees=SLOTS), UserFactory()
    answers = at_once(lambda _: claim(event, person), 10)
    assert len({answer.pk for answer in answers if isinstance(answer, EventTicket)}) == 1
    assert counts(event) == {"ISSUED": 1}
    assert event.tickets_taken == 1


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody holds the event's lock, and all have read its count before the first changes it."""
    everybody_has_read = threading.Barrier(CLAIMANTS)

    def read_only(*, viewer: User | None, event_id: int) -> Event:
        event = Event.objects.get(pk=event_id)
        assert event.tickets_taken == 0
        everybody_has_read.wait(timeout=30)
        return event

    # The package's attribute of this name is the function.
    monkeypatch.setattr(import_module("domains.events.services.claim_ticket"), "lock_event", read_only)


@pytest.fixture
def without_constraint() -> Iterator[None]:
    """The database does not refuse what the lock would have prevented."""
    (constraint,) = [one for one in Event._meta.constraints if one.name == "events_never_oversold"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Event, constraint)
    yield
    Event.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Event, constraint)


@pytest.mark.usefixtures("without_lock", "without_constraint")
def test_with_neither_lock_nor_constraint_the_event_is_oversold() -> None:
    event = EventFactory(max_attendees=SLOTS)
    assert Counter(map(outcome, claim_all(event))) == {"ISSUED": CLAIMANTS}
    assert counts(event) == {"ISSUED": CLAIMANTS}
    assert event.tickets_taken == CLAIMANTS


@pytest.mark.usefixtures("without_lock")
def test_without_the_lock_everybody_sees_a_free_slot_and_only_the_constraint_is_left() -> None:
    event = EventFactory(max_attendees=SLOTS)
    answers = claim_all(event)
    faults = [str(answer) for answer in answers if isinstance(answer, IntegrityError)]
    assert all("events_never_oversold" in fault for fault in faults)
    assert Counter(map(outcome, answers)) == {"ISSUED": SLOTS, "IntegrityError": CLAIMANTS - SLOTS}
    assert event.tickets_taken == 0
    assert counts(event) == {"ISSUED": SLOTS}


def test_ten_cancellations_at_once_free_each_slot_once_and_offer_it_to_the_first_ten() -> None:
    event, tickets = full_event(SLOTS, waiting=15)
    answers = at_once(lambda number: cancel(tickets[number % SLOTS]), 2 * SLOTS)  # each cancels twice
    assert Counter(map(outcome, answers)) == {"CANCELLED": 2 * SLOTS}
    assert counts(event) == {"CANCELLED": SLOTS, "OFFERED": SLOTS, "WAITLISTED": 5}
    assert (event.tickets_taken, offers()) == (SLOTS, SLOTS)
    assert statuses(tickets[SLOTS : 2 * SLOTS]) == ["OFFERED"] * SLOTS
    assert_sound()


def test_several_workers_pass_each_overdue_offer_on_once() -> None:
    event = EventFactory(max_attendees=5)
    overdue = timezone.now() - timedelta(minutes=1)
    for _ in range(5):
        EventTicketFactory(event=event, status=TicketStatus.OFFERED, offer_expires_at=overdue)
    waitlist(event, 10)
    expired = at_once(lambda _: expire_ticket_offers(), 4)
    assert sum(number for number in expired if isinstance(number, int)) == 5
    assert counts(event) == {"CANCELLED": 5, "OFFERED": 5, "WAITLISTED": 5}
    assert (event.tickets_taken, offers()) == (5, 5)


def test_an_offer_is_accepted_canceled_or_expired_and_its_slot_is_never_held_twice() -> None:
    later = timezone.now() + timedelta(days=3)
    for _ in range(TIMES):
        event = EventFactory(max_attendees=1)
        offered = EventTicketFactory(event=event, status=TicketStatus.OFFERED)
        waitlist(event, 3)
        others = [UserFactory() for _ in range(2)]

        def act(number: int, event: Event = event, offered: EventTicket = offered, others: Any = others) -> Any:
            if number == 0:
                return expire_ticket_offers(now=later)
            if number == 1:
                return services.answer_ticket_offer(actor=offered.attendee, ticket_id=offered.pk, accept=True)
            if number == 2:
                return cancel(offered)
            return claim(event, others[number - 3])

        answers = at_once(act, 5)
        assert [outcome(answer) for answer in answers[3:]] == ["FULL", "FULL"]
        # Accepted and canceled after that, or ended without having been accepted.
        assert counts(event) == {"CANCELLED": 1, "OFFERED": 1, "WAITLISTED": 2}
        assert event.tickets_taken == 1
        assert_sound()
        # The next expiry must not find its offer.
        event.delete()
    assert offers() == TIMES


def test_a_freed_slot_is_offered_on_or_claimed_but_never_both() -> None:
    for _ in range(TIMES):
        event, (held,) = full_event(1)
        people = [UserFactory() for _ in range(4)]

        def act(number: int, event: Event = event, held: EventTicket = held, people: Any = people) -> Any:
            return claim(event, people[number - 1], join_waitlist=number % 2 == 0) if number else cancel(held)

        at_once(act, 5)
        held_slots = counts(event)["ISSUED"] + counts(event)["OFFERED"]
        assert event.tickets_taken == held_slots <= 1
        assert held_slots or not counts(event)["WAITLISTED"]
        assert_sound()


def test_a_ticket_that_is_canceled_and_revoked_at_once_frees_one_slot() -> None:
    for _ in range(TIMES):
        event, tickets = full_event(1, waiting=2)
        owner = owner_of(event.organization)

        def act(number: int, ticket: EventTicket = tickets[0], owner: User = owner) -> Any:
            if number:
                return services.revoke_ticket(actor=owner, ticket_id=ticket.pk)
            return cancel(ticket)

        canceled, revoked = at_once(act, 2)
        assert outcome(canceled) == "CANCELLED"
        assert outcome(revoked) in {"CANCELLED", "CONFLICT"}
        assert statuses(tickets) == ["CANCELLED", "OFFERED", "WAITLISTED"]
    assert offers() == TIMES


def test_claims_while_the_event_is_canceled_leave_no_live_ticket() -> None:
    event = EventFactory(max_attendees=5)
    people, owner = [UserFactory() for _ in range(10)], owner_of(event.organization)

    def act(number: int) -> Any:
        if number == 5:
            services.cancel_event(actor=owner, event_id=event.pk)
            return None
        return claim(event, people[number], join_waitlist=True)

    answers = at_once(act, 10)
    assert {outcome(answer) for number, answer in enumerate(answers) if number != 5} <= {
        "ISSUED",
        "WAITLISTED",
        "CLOSED",
    }
    assert set(counts(event)) <= {"CANCELLED"}
    assert event.tickets_taken == 0


def test_more_attendees_while_people_claim_and_cancel_are_given_once() -> None:
    event, tickets = full_event(5, waiting=5)
    people, owner = [UserFactory() for _ in range(4)], owner_of(event.organization)

    def act(number: int) -> Any:
        if number == 0:
            return services.update_event(actor=owner, event_id=event.pk, changes=services.EventChanges(max_attendees=7))
        return cancel(tickets[number]) if number < 4 else claim(event, people[number - 4])

    at_once(act, 8)
    assert counts(event)["OFFERED"] == 5
    assert event.tickets_taken == 7 == counts(event)["ISSUED"] + counts(event)["OFFERED"]
    assert_sound()


def test_each_rotation_at_once_makes_a_code_of_its_own() -> None:
    ticket = EventTicketFactory()
    at_once(lambda _: services.rotate_ticket(actor=ticket.attendee, ticket_id=ticket.pk), 5)
    ticket.refresh_from_db()
    known = {ticket.ticket_code, *FormerCode.objects.values_list("ticket_code", flat=True)}
    assert len(known) == 6


def test_a_claim_and_the_erasure_of_other_attendees_never_wait_for_each_other_in_a_circle() -> None:
    events = [full_event(3, waiting=3)[0] for _ in range(2)]
    people = [UserFactory() for _ in range(3)]
    for event in events:
        for person in people:
            EventTicketFactory(event=event, attendee=person, status=TicketStatus.WAITLISTED)
    others = [UserFactory() for _ in range(4)]

    def act(number: int) -> Any:
        if number < 3:
            return services.cancel_tickets(ErasedPerson(user_id=people[number].pk, closed_at=timezone.now()))
        for event in events[:: 1 if number % 2 else -1]:
            claim(event, others[number - 3], join_waitlist=True)
        return None

    # Whatever is no refusal, such as a deadlock, fails here.
    assert at_once(act, 7) == [None] * 7
    assert_sound()
