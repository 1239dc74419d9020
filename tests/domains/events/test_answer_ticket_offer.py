"""Answering the offer of a slot at an event, in time or too late."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from importlib import import_module

import pytest
from django.conf import settings
from django.utils import timezone

from config.settings import base as project
from domains.base.errors import NotAllowed, NotFound
from domains.events import services, tasks
from domains.events.models import EventStatus, EventTicket, TicketStatus
from domains.events.services.expire_ticket_offers import expire_ticket_offers
from tests.domains.events.tickets import (
    assert_sound,
    end_offer,
    message_of,
    published,
    refusals,
    statuses,
    waitlist,
)
from tests.factories import EventFactory, EventTicketFactory, UserFactory, owner_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def line() -> list[EventTicket]:
    """Three people who waited for the only slot; the first has the offer of it."""
    event = EventFactory(max_attendees=1)
    return [EventTicketFactory(event=event, status=TicketStatus.OFFERED), *waitlist(event, 2)]


def answer(ticket: EventTicket, *, accept: bool) -> EventTicket:
    return services.answer_ticket_offer(actor=ticket.attendee, ticket_id=ticket.pk, accept=accept)


def test_accepting_the_offer_gives_the_ticket(line: list[EventTicket]) -> None:
    ticket = answer(line[0], accept=True)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.issued_at is not None, ticket.offer_expires_at) == ("ISSUED", True, None)
    assert statuses(line) == ["ISSUED", "WAITLISTED", "WAITLISTED"]
    assert published() == [("TicketIssued", {"ticket_id": ticket.pk})]
    assert_sound()


def test_refusing_the_offer_passes_it_on_once_and_is_final(line: list[EventTicket]) -> None:
    for _ in range(2):
        assert answer(line[0], accept=False).status == "CANCELLED"
    assert statuses(line) == ["CANCELLED", "OFFERED", "WAITLISTED"]
    assert published() == [("TicketOffered", {"ticket_id": line[1].pk})]
    again = services.claim_ticket(actor=line[0].attendee, event_id=line[0].event_id, join_waitlist=True)
    assert list(EventTicket.objects.waiting_for(again.event)) == [line[2], again]
    assert_sound()


def test_accepting_again_changes_nothing(line: list[EventTicket]) -> None:
    answer(line[0], accept=True)
    before = rows_of("events", "base")
    assert answer(line[0], accept=True).status == "ISSUED"
    assert rows_of("events", "base") == before


@pytest.mark.parametrize(
    ("status", "accept", "advice"),
    [
        (TicketStatus.ISSUED, False, "cancelTicket"),
        (TicketStatus.WAITLISTED, True, "Wait for the notification"),
        (TicketStatus.WAITLISTED, False, "Wait for the notification"),
        (TicketStatus.CANCELLED, True, "claimTicket"),
    ],
)
def test_without_an_offer_there_is_nothing_to_answer_and_the_message_says_what_to_do(
    status: TicketStatus, accept: bool, advice: str
) -> None:
    act = partial(answer, EventTicketFactory(status=status), accept=accept)
    assert refusals(act) == [("CONFLICT", "ticket_id")]
    message = message_of(act)
    assert status.value in message
    assert advice in message


def test_an_answer_after_the_deadline_comes_too_late(line: list[EventTicket]) -> None:
    end_offer(line[0])
    for is_expired in (False, True):
        if is_expired:
            assert expire_ticket_offers() == 1
        assert refusals(partial(answer, line[0], accept=True)) == [("EXPIRED", "ticket_id")]
    assert answer(line[0], accept=False).status == "CANCELLED"
    assert statuses(line) == ["CANCELLED", "OFFERED", "WAITLISTED"]


def test_the_offer_stays_open_for_a_person_whose_address_is_not_verified_any_more(line: list[EventTicket]) -> None:
    line[0].attendee.emailaddress_set.update(verified=False)
    assert refusals(partial(answer, line[0], accept=True)) == [("EMAIL_NOT_VERIFIED", None)]
    assert answer(line[0], accept=False).status == "CANCELLED"


def test_an_offer_of_a_canceled_event_is_not_followed_by_the_advice_to_claim_again(line: list[EventTicket]) -> None:
    event = line[0].event
    services.cancel_event(actor=owner_of(event.organization), event_id=event.pk)
    assert refusals(partial(answer, line[0], accept=True)) == [("CONFLICT", "ticket_id")]
    assert "event is canceled" in message_of(partial(answer, line[0], accept=True))


def test_only_the_person_to_whom_it_is_made_answers_an_offer(line: list[EventTicket]) -> None:
    before = rows_of("events", "base")
    for actor, refusal in [
        (owner_of(line[0].event.organization), NotAllowed),
        (UserFactory(overseer=True), NotAllowed),
        (line[1].attendee, NotFound),
        (UserFactory(), NotFound),
    ]:
        with pytest.raises(refusal):
            services.answer_ticket_offer(actor=actor, ticket_id=line[0].pk, accept=True)
    assert rows_of("events", "base") == before


def test_an_offer_that_nobody_answers_goes_from_one_to_the_next(line: list[EventTicket]) -> None:
    EventTicket.objects.filter(pk=line[0].pk).update(offer_expires_at=timezone.now() + settings.OFFER_LIFETIME)
    now = timezone.now()
    assert expire_ticket_offers(now=now) == 0
    for expired in (1, 2):
        now += settings.OFFER_LIFETIME + timedelta(minutes=1)
        assert expire_ticket_offers(now=now) == 1
        assert expire_ticket_offers(now=now) == 0
        assert statuses(line) == [*["CANCELLED"] * expired, "OFFERED", "WAITLISTED"][:3]
    assert [fact for fact, _ in published()] == ["TicketOffered", "TicketOfferExpired"] * 2
    assert_sound()


def test_one_offer_with_which_something_is_wrong_does_not_keep_the_others(
    line: list[EventTicket], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = end_offer(EventTicketFactory(status=TicketStatus.OFFERED))
    EventTicket.objects.filter(pk=first.pk).update(offer_expires_at=timezone.now() - timedelta(days=1))
    end_offer(line[0])
    module = import_module("domains.events.services.expire_ticket_offers")
    expire = module._expire

    def fails_for_the_first(ticket_id: int, now: datetime) -> bool:
        if ticket_id == first.pk:
            raise LookupError("its event is gone")
        return bool(expire(ticket_id, now))

    monkeypatch.setattr(module, "_expire", fails_for_the_first)
    assert expire_ticket_offers() == 1
    assert statuses(line) == ["CANCELLED", "OFFERED", "WAITLISTED"]
    assert f"offer {first.pk} could not be expired" in caplog.text


def test_an_offer_of_an_event_that_is_over_expires_and_is_offered_to_nobody() -> None:
    event = EventFactory(max_attendees=1, past=True)
    line = [end_offer(EventTicketFactory(event=event, status=TicketStatus.OFFERED)), *waitlist(event, 1)]
    assert expire_ticket_offers() == 1
    assert statuses(line) == ["CANCELLED", "WAITLISTED"]
    assert_sound()


def test_the_clock_expires_offers_every_minute(line: list[EventTicket]) -> None:
    entry = project.CELERY_BEAT_SCHEDULE["expire-ticket-offers"]
    assert entry == {"task": tasks.expire_overdue_ticket_offers.name, "schedule": timedelta(minutes=1)}
    end_offer(line[0])
    tasks.expire_overdue_ticket_offers()
    assert statuses(line) == ["CANCELLED", "OFFERED", "WAITLISTED"]


def test_a_canceled_event_takes_its_offers_with_it(line: list[EventTicket]) -> None:
    event = line[0].event
    services.cancel_event(actor=owner_of(event.organization), event_id=event.pk)
    event.refresh_from_db()
    assert event.status == EventStatus.CANCELLED
    assert refusals(partial(answer, line[0], accept=True)) == [("CONFLICT", "ticket_id")]
    assert expire_ticket_offers(now=timezone.now() + timedelta(days=30)) == 0
