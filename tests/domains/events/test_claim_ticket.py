"""Claiming a ticket: who gets one at once, who waits, who is refused and why."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import NotFound, Refused
from domains.base.waitlist import waitlist_position
from domains.events import services
from domains.events.models import Event, EventStatus, EventTicket, TicketStatus
from domains.events.services.claim_ticket import MAX_CLAIMS_PER_DAY
from domains.events.services.locks import lock_event
from tests.domains.events.tickets import assert_sound, full_event, member_of, published, refusals
from tests.factories import EventFactory, EventTicketFactory, UserFactory, owner_of
from tests.sql import rows_of, statements_of

pytestmark = pytest.mark.django_db


def claim(event: Event, actor: User | None = None, **wish: Any) -> EventTicket:
    return services.claim_ticket(actor=actor or UserFactory(), event_id=event.pk, **wish)


def test_a_free_slot_gives_a_ticket_at_once() -> None:
    event, person = EventFactory(), UserFactory()
    ticket = claim(event, person)
    ticket.refresh_from_db()
    event.refresh_from_db()
    assert (ticket.attendee, ticket.event, ticket.status, event.tickets_taken) == (person, event, "ISSUED", 1)
    assert ticket.issued_at == ticket.claimed_at
    assert (ticket.waitlisted_at, ticket.offer_expires_at) == (None, None)
    assert published() == [("TicketIssued", {"ticket_id": ticket.pk})]


def test_an_event_without_a_maximum_is_never_full() -> None:
    event = EventFactory(max_attendees=None)
    assert [claim(event, join_waitlist=True).status for _ in range(3)] == ["ISSUED"] * 3
    assert_sound()


@pytest.mark.parametrize("status", [TicketStatus.ISSUED, TicketStatus.WAITLISTED, TicketStatus.OFFERED])
@pytest.mark.parametrize("event", [{}, {"status": EventStatus.CANCELLED}, {"past": True}])
def test_claiming_again_answers_with_the_live_ticket_as_it_is(status: TicketStatus, event: dict[str, Any]) -> None:
    first = EventTicketFactory(status=status, event=EventFactory(max_attendees=1, **event))
    before = rows_of("events", "base")
    for join_waitlist in (True, False):
        again = claim(first.event, first.attendee, join_waitlist=join_waitlist)
        assert (again, again.status) == (first, status)
    assert rows_of("events", "base") == before


def test_a_person_who_canceled_may_claim_another_ticket() -> None:
    earlier = EventTicketFactory(status=TicketStatus.CANCELLED)
    later = claim(earlier.event, earlier.attendee)
    assert (later.status, later != earlier) == ("ISSUED", True)


def test_a_full_event_refuses_or_lets_people_wait_first_come_first() -> None:
    event, _ = full_event()
    first, second = UserFactory(), UserFactory()
    assert refusals(lambda: claim(event, first)) == [("FULL", "event_id")]
    for person in (first, second):
        waiting = claim(event, person, join_waitlist=True)
        assert (waiting.status, waiting.issued_at) == ("WAITLISTED", None)
    line = EventTicket.objects.annotate(position=waitlist_position(EventTicket)).order_by("pk")
    assert list(line.values_list("attendee", "position"))[1:] == [(first.pk, 1), (second.pk, 2)]
    assert line.values_list("position", flat=True)[0] is None
    event.refresh_from_db()
    assert event.tickets_taken == 1
    assert published() == []


def test_people_wait_in_the_order_of_their_claims_even_if_a_clock_is_late() -> None:
    event, _ = full_event()
    first = claim(event, join_waitlist=True)
    EventTicket.objects.filter(pk=first.pk).update(waitlisted_at=timezone.now() + timedelta(hours=1))
    claim(event, join_waitlist=True)
    line = EventTicket.objects.waiting_for(event)
    assert list(line) == list(line.order_by("pk"))


def test_a_free_slot_is_taken_even_by_a_person_who_would_wait() -> None:
    assert claim(EventFactory(), join_waitlist=True).status == "ISSUED"


def test_an_unverified_address_is_refused_with_all_other_reasons_at_once() -> None:
    event, _ = full_event()
    unverified = partial(claim, event, UserFactory(unverified=True))
    assert refusals(unverified) == [("EMAIL_NOT_VERIFIED", None), ("FULL", "event_id")]
    assert refusals(partial(unverified, join_waitlist=True)) == [("EMAIL_NOT_VERIFIED", None)]


@pytest.mark.parametrize("fields", [{"status": EventStatus.CANCELLED}, {"past": True}])
def test_an_event_that_is_canceled_or_over_is_closed(fields: dict[str, Any]) -> None:
    event = EventFactory(**fields)
    for join_waitlist in (True, False):
        assert refusals(lambda join=join_waitlist: claim(event, join_waitlist=join)) == [  # type: ignore[misc]
            ("CLOSED", "event_id")
        ]


def test_an_event_that_has_begun_still_gives_tickets() -> None:
    assert claim(EventFactory(now=True)).status == "ISSUED"


def test_a_draft_is_not_found_by_strangers_and_closed_for_its_organizers() -> None:
    event = EventFactory(draft=True)
    scanner = member_of(event, "SCANNER")
    for person in (UserFactory(), scanner):
        before = rows_of("events", "base")
        with pytest.raises(NotFound):
            claim(event, person)
        assert rows_of("events", "base") == before
    assert refusals(lambda: claim(event, owner_of(event.organization))) == [("CLOSED", "event_id")]


def test_no_event_is_not_found() -> None:
    with pytest.raises(NotFound):
        services.claim_ticket(actor=UserFactory(), event_id=0)


def test_the_holder_of_a_revoked_ticket_gets_no_other_one_to_this_event_and_is_told_to_ask() -> None:
    revoked = EventTicketFactory(status=TicketStatus.CANCELLED, revoked_at=timezone.now())
    for join_waitlist in (True, False):
        assert refusals(lambda join=join_waitlist: claim(revoked.event, revoked.attendee, join_waitlist=join)) == [  # type: ignore[misc]
            ("NOT_ELIGIBLE", "event_id")
        ]
    assert claim(EventFactory(), revoked.attendee).status == "ISSUED"
    assert claim(revoked.event).status == "ISSUED"


def test_a_closed_account_is_refused() -> None:
    event, person = EventFactory(), UserFactory(is_active=False)
    assert refusals(lambda: claim(event, person)) == [("NOT_ELIGIBLE", None)]


def test_claiming_and_canceling_repeatedly_ends_for_this_person_and_event_only(one_window: None) -> None:
    event, person = EventFactory(), UserFactory()
    for _ in range(MAX_CLAIMS_PER_DAY):
        services.cancel_ticket(actor=person, ticket_id=claim(event, person).pk)
    assert refusals(lambda: claim(event, person)) == [("RATE_LIMITED", None)]
    assert claim(EventFactory(), person).status == claim(event).status == "ISSUED"


def test_whoever_meets_a_full_event_may_try_as_often_as_they_like(one_window: None) -> None:
    event, _ = full_event()
    person = UserFactory()
    for _ in range(MAX_CLAIMS_PER_DAY + 1):
        assert refusals(lambda: claim(event, person)) == [("FULL", "event_id")]


def test_the_database_itself_gives_nobody_two_live_tickets_and_sells_no_slot_twice() -> None:
    event, (ticket,) = full_event()
    with pytest.raises(IntegrityError, match=r"events_one_live_ticket|UNIQUE"), transaction.atomic():
        EventTicketFactory(event=event, attendee=ticket.attendee, status=TicketStatus.WAITLISTED)
    with pytest.raises(IntegrityError, match=r"events_never_oversold|CHECK"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(tickets_taken=2)


@pytest.mark.django_db(transaction=True)
def test_an_event_is_locked_in_a_transaction_only() -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        lock_event(viewer=None, event_id=EventFactory().pk)


def test_a_claim_costs_a_fixed_number_of_statements_and_a_refusal_fewer() -> None:
    event, crowded = EventFactory(), full_event(3, waiting=20)[0]

    def cost(event: Event, **wish: Any) -> int:
        person = UserFactory()

        def act() -> None:
            with suppress(Refused):
                claim(event, person, **wish)

        return len([one for one in statements_of(act) if "SAVEPOINT" not in one])

    # The person, the event, the person's tickets, the verified address; the event's lock, the ticket, the count, the
    # fact.
    assert cost(event) == 8
    # No count and no fact, but the end of the waitlist.
    assert cost(crowded, join_waitlist=True) == 7
    # A refusal locks no event and writes nothing.
    assert cost(crowded) == 4
