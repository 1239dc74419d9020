"""The waitlist that roles and events share: its order, the deadlines of its offers, and what expires them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from domains.base.waitlist import Waitlisted, latest_deadline, offer_deadline, waitlist_position
from domains.events.models import EventTicket
from domains.opportunities.models import Application
from tests.factories import ApplicationFactory, EventFactory, EventTicketFactory, RoleFactory
from tests.sql import statements_of

pytestmark = pytest.mark.django_db

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
Make = Callable[..., Any]


def of_a_role() -> tuple[Any, Make]:
    role = RoleFactory(slots_available=20)
    return role, lambda **fields: ApplicationFactory(role=role, **fields)


def of_an_event() -> tuple[Any, Make]:
    event = EventFactory(max_attendees=20)
    return event, lambda **fields: EventTicketFactory(event=event, **fields)


BOTH = [
    pytest.param(of_a_role, Application, id="role"),
    pytest.param(of_an_event, EventTicket, id="event"),
]


@pytest.mark.parametrize(("of", "model"), BOTH)
def test_people_wait_in_the_order_of_the_time_and_then_of_the_key(of: Any, model: Any) -> None:
    owner, make = of()
    of()[1](status="WAITLISTED", waitlisted_at=NOW)  # waits for something else
    times = [NOW, NOW + timedelta(minutes=2), NOW + timedelta(minutes=1), NOW]
    rows = [make(status="WAITLISTED", waitlisted_at=time) for time in times]
    make(status="OFFERED", waitlisted_at=NOW)
    assert list(model.objects.waiting_for(owner)) == [rows[0], rows[3], rows[2], rows[1]]
    positions = dict(model.objects.annotate(position=waitlist_position(model)).values_list("pk", "position"))
    assert [positions[row.pk] for row in rows] == [1, 4, 3, 2]
    assert sorted(positions.values(), key=lambda one: one or 0) == [None, 1, 1, 2, 3, 4]


@pytest.mark.parametrize(("of", "model"), BOTH)
def test_the_end_of_the_waitlist_is_after_everybody_who_waits_or_may_return(of: Any, model: Any) -> None:
    owner, make = of()
    assert model.objects.end_of_waitlist(owner, NOW) == NOW
    make(status="WAITLISTED", waitlisted_at=NOW - timedelta(hours=1))
    assert model.objects.end_of_waitlist(owner, NOW) == NOW
    for status in ("WAITLISTED", "OFFERED"):
        last = NOW + timedelta(hours=1 if status == "WAITLISTED" else 2)
        make(status=status, waitlisted_at=last)
        assert model.objects.end_of_waitlist(owner, NOW) == last + timedelta(microseconds=1)


@pytest.mark.parametrize(("of", "model"), BOTH)
def test_offers_are_only_ever_shortened(of: Any, model: Any) -> None:
    _, make = of()
    deadlines = [NOW + timedelta(hours=hours) for hours in (1, 3)]
    rows = [make(status="OFFERED", offer_expires_at=deadline) for deadline in deadlines]
    latest = NOW + timedelta(hours=2)
    assert model.objects.all().bring_offers_forward(latest) == 1
    for row, deadline in zip(rows, (deadlines[0], latest), strict=True):
        row.refresh_from_db()
        assert row.offer_expires_at == deadline


@pytest.mark.parametrize(
    ("starts_in", "ends_in", "held"), [(72, 75, 48), (6, 9, 6), (-1, 2, 2), (0, 3, 3), (-1, 200, 48)]
)
def test_an_offer_lasts_for_two_days_but_not_past_the_beginning_and_then_not_past_the_end(
    settings: Any, starts_in: int, ends_in: int, held: int
) -> None:
    settings.OFFER_LIFETIME = timedelta(hours=48)
    times = {"starts_at": NOW + timedelta(hours=starts_in), "ends_at": NOW + timedelta(hours=ends_in)}
    assert offer_deadline(**times, now=NOW) == NOW + timedelta(hours=held)
    assert offer_deadline(**times, now=NOW) <= latest_deadline(**times, now=NOW)


@pytest.mark.parametrize(("of", "model"), BOTH)
def test_overdue_offers_expire_oldest_first_and_a_locked_one_is_left_to_the_next_run(
    of: Any, model: Any, caplog: pytest.LogCaptureFixture
) -> None:
    _, make = of()
    rows = [make(status="OFFERED", offer_expires_at=NOW - timedelta(hours=hours)) for hours in (1, 3, 2, 0, -1)]
    make(status="WAITLISTED")
    tried: list[int] = []

    def expire(key: int, now: datetime) -> bool:
        tried.append(key)
        if key == rows[2].pk:
            raise OperationalError("canceling statement due to lock timeout")
        return bool(key != rows[0].pk)  # which was answered meanwhile

    with caplog.at_level(logging.WARNING):
        assert model.objects.all().expire_offers(expire, NOW) == 2
    assert tried == [rows[1].pk, rows[2].pk, rows[0].pk, rows[3].pk]
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert f"offer {rows[2].pk} was not expired" in caplog.text
    assert [row.is_overdue(NOW) for row in rows] == [True, True, True, True, False]


@pytest.mark.parametrize(("of", "model"), BOTH)
def test_what_an_expiry_changes_goes_with_its_failure(of: Any, model: type[Waitlisted]) -> None:
    _, make = of()
    row = make(status="OFFERED", offer_expires_at=timezone.now())

    def expire(key: int, now: datetime) -> bool:
        model._default_manager.filter(pk=key).update(waitlisted_at=NOW)
        raise LookupError("half done")

    assert model._default_manager.all().expire_offers(expire) == 0  # type: ignore[attr-defined]
    row.refresh_from_db()
    assert row.waitlisted_at != NOW


@pytest.mark.parametrize(("of", "model"), BOTH)
def test_the_first_on_a_waitlist_is_one_statement_however_long_it_is(of: Any, model: Any) -> None:
    owner, make = of()
    for _ in range(5):
        make(status="WAITLISTED")
    assert len(statements_of(lambda: model.objects.waiting_for(owner).first())) == 1
