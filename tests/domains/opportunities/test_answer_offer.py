"""Answering the offer of a place, and what happens when nobody does."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.utils import timezone

from domains.base.errors import NotAllowed, NotFound, Refused
from domains.base.models import OutboxEntry
from domains.opportunities import services
from domains.opportunities.models import Application, ApplicationHistory, ApplicationStatus, Opportunity, Role
from domains.opportunities.services.expire_offers import expire_offers
from tests.factories import ApplicationFactory, RoleFactory, UserFactory, owner_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def line() -> list[Application]:
    """An offer for the only place of a role, and two who wait behind it."""
    role = RoleFactory(slots_available=1)
    statuses = [ApplicationStatus.OFFERED, ApplicationStatus.WAITLISTED, ApplicationStatus.WAITLISTED]
    return [ApplicationFactory(role=role, status=status) for status in statuses]


def statuses(line: list[Application]) -> list[str]:
    return [Application.objects.get(pk=one.pk).status.value for one in line]


def test_taking_the_offer_gives_the_place_and_moves_nobody_else(line: list[Application]) -> None:
    for _ in range(2):
        answered = services.answer_offer(actor=line[0].volunteer, application_id=line[0].pk, accept=True)
        assert (answered.status, answered.offer_expires_at) == ("ACCEPTED", None)
    assert statuses(line) == ["ACCEPTED", "WAITLISTED", "WAITLISTED"]
    assert Role.objects.get().slots_taken == 1
    assert [entry.fact for entry in OutboxEntry.objects.all()] == ["opportunities.OfferAnswered"]


def test_leaving_the_offer_passes_it_on_once(line: list[Application]) -> None:
    for _ in range(2):
        services.answer_offer(actor=line[0].volunteer, application_id=line[0].pk, accept=False)
    assert statuses(line) == ["DECLINED", "OFFERED", "WAITLISTED"]
    assert Role.objects.get().slots_taken == 1
    assert ApplicationHistory.objects.filter(application__in=line[1:], to_status="OFFERED").count() == 1


def test_an_offer_that_nobody_answers_goes_from_one_to_the_next(line: list[Application]) -> None:
    now = timezone.now()
    assert expire_offers(now=now) == 0
    for passed in (1, 2):
        now += settings.OFFER_LIFETIME + timedelta(minutes=1)
        assert expire_offers(now=now) == 1
        assert expire_offers(now=now) == 0
        assert statuses(line) == [*["EXPIRED"] * passed, "OFFERED", *["WAITLISTED"] * (2 - passed)][:3]
        assert Role.objects.get().slots_taken == 1
    facts = [entry.fact.rpartition(".")[2] for entry in OutboxEntry.objects.order_by("pk")]
    assert facts == ["OfferMade", "OfferExpired"] * 2


def test_an_answer_after_the_deadline_comes_too_late(line: list[Application]) -> None:
    Application.objects.filter(pk=line[0].pk).update(offer_expires_at=timezone.now())
    for overdue in (False, True):
        if overdue:
            expire_offers()
        before = rows_of("opportunities", "base")
        with pytest.raises(Refused) as refused:
            services.answer_offer(actor=line[0].volunteer, application_id=line[0].pk, accept=True)
        assert [problem.code for problem in refused.value.problems] == ["EXPIRED"]
        assert rows_of("opportunities", "base") == before


@pytest.mark.parametrize("status", ["APPLIED", "WAITLISTED", "ACCEPTED", "COMPLETED", "WITHDRAWN"])
@pytest.mark.parametrize("accept", [True, False])
def test_without_an_offer_there_is_nothing_to_answer(status: str, accept: bool) -> None:
    application = ApplicationFactory(status=ApplicationStatus(status))
    if (status, accept) == ("ACCEPTED", True):
        return
    before = rows_of("opportunities", "base")
    with pytest.raises(Refused) as refused:
        services.answer_offer(actor=application.volunteer, application_id=application.pk, accept=accept)
    (problem,) = refused.value.problems
    assert (problem.code, status in problem.message) == ("CONFLICT", True)
    assert rows_of("opportunities", "base") == before


def test_only_the_one_it_is_made_to_answers_an_offer(line: list[Application]) -> None:
    owner = owner_of(line[0].role.opportunity.host)
    before = rows_of("opportunities", "base")
    for actor, refusal in [
        (owner, NotAllowed),
        (UserFactory(overseer=True), NotAllowed),
        (line[1].volunteer, NotFound),
    ]:
        with pytest.raises(refusal):
            services.answer_offer(actor=actor, application_id=line[0].pk, accept=True)
    assert rows_of("opportunities", "base") == before


def test_an_offer_is_held_for_two_days_but_not_past_the_beginning() -> None:
    for hours, held in [(24 * 7, 48), (6, 6)]:
        role = RoleFactory(slots_available=1)
        start = timezone.now() + timedelta(hours=hours)
        Opportunity.objects.filter(pk=role.opportunity_id).update(start_date=start, end_date=start + timedelta(hours=3))
        holder = ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED)
        waiting = ApplicationFactory(role=role, status=ApplicationStatus.WAITLISTED)
        services.withdraw_application(actor=holder.volunteer, application_id=holder.pk)
        waiting.refresh_from_db()
        assert waiting.offer_expires_at is not None
        assert abs(waiting.offer_expires_at - timezone.now() - timedelta(hours=held)) < timedelta(minutes=1)


def test_what_has_begun_holds_its_offers_until_the_end_at_most() -> None:
    role = RoleFactory(slots_available=1, opportunity__start_date=timezone.now() - timedelta(hours=1))
    holder = ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED)
    waiting = ApplicationFactory(role=role, status=ApplicationStatus.WAITLISTED)
    services.withdraw_application(actor=holder.volunteer, application_id=holder.pk)
    waiting.refresh_from_db()
    assert waiting.offer_expires_at == role.opportunity.end_date


def test_one_offer_with_which_something_is_wrong_does_not_keep_the_others(
    line: list[Application], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = ApplicationFactory(status=ApplicationStatus.OFFERED)
    Application.objects.filter(pk=first.pk).update(offer_expires_at=timezone.now() - timedelta(days=1))
    Application.objects.filter(pk=line[0].pk).update(offer_expires_at=timezone.now() - timedelta(hours=1))
    module = import_module("domains.opportunities.services.expire_offers")
    expire = module._expire

    def stumbles_over_the_first(application_id: int, now: datetime) -> bool:
        if application_id == first.pk:
            raise LookupError("its role is nowhere")
        return bool(expire(application_id, now))

    monkeypatch.setattr(module, "_expire", stumbles_over_the_first)
    assert expire_offers() == 1
    assert statuses(line) == ["EXPIRED", "OFFERED", "WAITLISTED"]
    assert f"offer {first.pk} could not be expired" in caplog.text


def test_the_offer_of_what_was_taken_down_when_it_was_over_runs_out_like_all_others() -> None:
    role = RoleFactory(opportunity__past=True)
    offered = ApplicationFactory(role=role, status=ApplicationStatus.OFFERED)
    Application.objects.filter(pk=offered.pk).update(offer_expires_at=timezone.now() - timedelta(minutes=1))
    services.take_down_opportunity(opportunity_id=role.opportunity_id)
    assert expire_offers() == 1
    assert statuses([offered]) == ["EXPIRED"]
