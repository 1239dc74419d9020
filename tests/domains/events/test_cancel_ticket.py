"""Canceling a ticket: the slot is free once, and goes to the first on the waitlist who can take it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import NotAllowed, NotFound
from domains.events import services
from domains.events.models import Event, EventStatus, EventTicket, TicketStatus
from tests.domains.events.tickets import (
    assert_sound,
    full_event,
    member_of,
    message_of,
    published,
    refusals,
    statuses,
    waitlist,
)
from tests.factories import (
    EventFactory,
    EventTicketFactory,
    ScanFactory,
    UserFactory,
    owner_of,
)
from tests.sql import rows_of, statements_of

pytestmark = pytest.mark.django_db


def cancel(ticket: EventTicket) -> EventTicket:
    return services.cancel_ticket(actor=ticket.attendee, ticket_id=ticket.pk)


def test_the_slot_of_a_canceled_ticket_is_offered_to_the_first_who_waits() -> None:
    event, tickets = full_event(2, waiting=2)
    canceled = cancel(tickets[0])
    canceled.refresh_from_db()
    assert (canceled.status, canceled.cancelled_at is not None, canceled.revoked_at) == ("CANCELLED", True, None)
    assert statuses(tickets) == ["CANCELLED", "ISSUED", "OFFERED", "WAITLISTED"]
    event.refresh_from_db()
    assert event.tickets_taken == 2
    assert published() == [("TicketOffered", {"ticket_id": tickets[2].pk})]
    assert_sound()


def test_canceling_again_returns_the_canceled_ticket_and_frees_nothing() -> None:
    _, tickets = full_event(1, waiting=2)
    cancel(tickets[0])
    before = rows_of("events", "base")
    assert cancel(tickets[0]) == tickets[0]
    assert rows_of("events", "base") == before


@pytest.mark.parametrize("why", ["the event was canceled", "it was revoked", "the offer expired"])
def test_canceling_a_ticket_that_ended_otherwise_returns_it_as_it_is(why: str) -> None:
    now = timezone.now()
    ticket = EventTicketFactory(
        status=TicketStatus.CANCELLED,
        event__status=EventStatus.CANCELLED if why == "the event was canceled" else EventStatus.PUBLISHED,
        revoked_at=now if why == "it was revoked" else None,
        offer_expires_at=now if why == "the offer expired" else None,
    )
    before = rows_of("events", "base")
    assert cancel(ticket).status == "CANCELLED"
    assert rows_of("events", "base") == before


def test_leaving_the_waitlist_frees_no_slot_and_lets_the_others_move_up() -> None:
    event, tickets = full_event(1, waiting=2)
    cancel(tickets[1])
    assert statuses(tickets) == ["ISSUED", "CANCELLED", "WAITLISTED"]
    assert list(EventTicket.objects.waiting_for(event)) == [tickets[2]]
    assert published() == []
    assert_sound()


def test_canceling_an_offered_ticket_passes_the_slot_on() -> None:
    event = EventFactory(max_attendees=1)
    offered = EventTicketFactory(event=event, status=TicketStatus.OFFERED)
    (waiting,) = waitlist(event, 1)
    cancel(offered)
    assert statuses([offered, waiting]) == ["CANCELLED", "OFFERED"]
    offered.refresh_from_db()
    # Only the deadline of an offer that expired is kept.
    assert offered.offer_expires_at is None
    assert_sound()


def test_people_who_cannot_take_the_slot_are_skipped_and_keep_their_positions() -> None:
    event, (issued,) = full_event(1)
    line = [
        EventTicketFactory(event=event, status=TicketStatus.WAITLISTED, attendee=attendee)
        for attendee in (UserFactory(unverified=True), UserFactory(is_active=False), UserFactory(), UserFactory())
    ]
    cancel(issued)
    assert statuses(line) == ["WAITLISTED", "WAITLISTED", "OFFERED", "WAITLISTED"]
    assert_sound()


def test_without_anybody_who_waits_the_slot_is_free_for_the_next_claim() -> None:
    event, (issued,) = full_event(1)
    cancel(issued)
    assert services.claim_ticket(actor=UserFactory(), event_id=event.pk).status == "ISSUED"


def test_a_ticket_that_was_used_at_check_in_stays() -> None:
    event = EventFactory(now=True, max_attendees=1)
    ticket = EventTicketFactory(event=event, checked_in=True)
    ScanFactory(ticket=ticket)
    assert refusals(partial(cancel, ticket)) == [("CLOSED", "ticket_id")]
    assert "Check out" in message_of(partial(cancel, ticket))
    # Also after the holder has left: who came must not change.
    EventTicket.objects.filter(pk=ticket.pk).update(is_inside=False)
    assert refusals(partial(cancel, ticket)) == [("CLOSED", "ticket_id")]


def test_after_the_event_a_ticket_that_was_not_used_stays_too_and_a_waitlisted_one_may_go() -> None:
    _, (issued, waiting) = full_event(1, waiting=1, past=True)
    assert refusals(partial(cancel, issued)) == [("CLOSED", "ticket_id")]
    assert cancel(waiting).status == "CANCELLED"


def test_while_the_event_is_running_a_ticket_that_was_not_used_can_be_canceled() -> None:
    event, (issued, waiting) = full_event(1, waiting=1, now=True)
    cancel(issued)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.offer_expires_at) == ("OFFERED", event.end_date)


@pytest.mark.parametrize("kind", ["owner", "overseer"])
def test_only_the_holder_cancels_a_ticket_that_others_see(kind: str) -> None:
    ticket = EventTicketFactory()
    actor = owner_of(ticket.event.organization) if kind == "owner" else UserFactory(overseer=True)
    before = rows_of("events", "base")
    with pytest.raises(NotAllowed):
        services.cancel_ticket(actor=actor, ticket_id=ticket.pk)
    assert rows_of("events", "base") == before


@pytest.mark.parametrize("kind", ["stranger", "scanner", "other attendee"])
def test_a_ticket_that_one_does_not_see_is_not_found(kind: str) -> None:
    ticket = EventTicketFactory()
    people: dict[str, User] = {
        "stranger": UserFactory(),
        "scanner": member_of(ticket.event, "SCANNER"),
        "other attendee": EventTicketFactory(event=ticket.event).attendee,
    }
    before = rows_of("events", "base")
    with pytest.raises(NotFound):
        services.cancel_ticket(actor=people[kind], ticket_id=ticket.pk)
    assert rows_of("events", "base") == before


@pytest.mark.parametrize(("hours", "held"), [(24 * 7, 48), (6, 6)])
def test_an_offer_is_held_for_two_days_but_not_past_the_beginning(settings: Any, hours: int, held: int) -> None:
    settings.OFFER_LIFETIME = timedelta(hours=48)
    _, (issued, waiting) = full_event(1, waiting=1, event_date=timezone.now() + timedelta(hours=hours))
    cancel(issued)
    waiting.refresh_from_db()
    assert waiting.offer_expires_at is not None
    assert abs(waiting.offer_expires_at - timezone.now() - timedelta(hours=held)) < timedelta(minutes=1)


def update(event: Event, **changes: Any) -> Event:
    return services.update_event(
        actor=owner_of(event.organization), event_id=event.pk, changes=services.EventChanges(**changes)
    )


@pytest.mark.parametrize(("most", "offered"), [(3, 1), (5, 3), (None, 4)])
def test_more_attendees_are_offered_to_the_waitlist(most: int | None, offered: int) -> None:
    event, tickets = full_event(2, waiting=4)
    update(event, max_attendees=most)
    assert statuses(tickets[2:]) == ["OFFERED"] * offered + ["WAITLISTED"] * (4 - offered)
    assert published() == [("TicketOffered", {"ticket_id": ticket.pk}) for ticket in tickets[2 : 2 + offered]]
    event.refresh_from_db()
    assert event.tickets_taken == 2 + offered
    assert_sound()


def test_many_offers_are_made_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domains.events.services.moves.MAX_OFFERS_AT_ONCE", 2)
    event, tickets = full_event(1, waiting=5)
    update(event, max_attendees=6)
    assert statuses(tickets[1:]) == ["OFFERED"] * 5
    assert_sound()


def test_a_draft_makes_no_offers() -> None:
    event, tickets = full_event(1, waiting=1, draft=True)
    update(event, max_attendees=2)
    assert statuses(tickets) == ["ISSUED", "WAITLISTED"]


def test_an_event_that_begins_earlier_shortens_its_offers() -> None:
    event, (issued, waiting) = full_event(1, waiting=1)
    cancel(issued)
    earlier = timezone.now() + timedelta(hours=1)
    update(event, event_date=earlier)
    waiting.refresh_from_db()
    assert waiting.offer_expires_at == earlier
    update(event, event_date=timezone.now() + timedelta(days=6), end_date=timezone.now() + timedelta(days=6, hours=1))
    waiting.refresh_from_db()
    assert waiting.offer_expires_at == earlier


def test_skipping_many_costs_as_many_statements_as_skipping_one_and_a_long_waitlist_is_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def statements(skipped: int) -> list[str]:
        event, (issued,) = full_event(1)
        for _ in range(skipped):
            EventTicketFactory(event=event, status=TicketStatus.WAITLISTED, attendee=UserFactory(unverified=True))
        (last,) = waitlist(event, 1)
        sent = statements_of(lambda: cancel(issued))
        assert statuses([last]) == ["OFFERED"]
        return sent

    assert len(statements(1)) == len(statements(25))
    monkeypatch.setattr("domains.base.waitlist.FIRST_BATCH_SIZE", 2)
    read = [one for one in statements(30) if "LIMIT" in one and '"waitlisted_at" ASC' in one]
    assert len(read) == 3, "2, 20, and the rest"
