"""A slot that becomes free passes over those on the waitlist who may not hold it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.base import waitlist
from domains.opportunities import services
from domains.opportunities.models import Application, ApplicationStatus, Role
from domains.opportunities.services.expire_offers import expire_offers
from tests.factories import (
    ApplicationFactory,
    CourseFactory,
    EnrollmentFactory,
    RoleSkillFactory,
    UserSkillFactory,
    VerificationCaseFactory,
    owner_of,
)
from tests.slots import (
    LACKS,
    TEN,
    accept,
    full_role,
    give_back,
    hold_at,
    lacks_everybodys_course,
    position_of,
    refusal,
    role_at,
    status_of,
    wait_for,
)
from tests.sql import statements_of

pytestmark = pytest.mark.django_db


def test_who_holds_a_slot_at_that_time_is_passed_over_and_keeps_their_position() -> None:
    role, held = full_role()
    busy, free, last = wait_for(role), wait_for(role), wait_for(role)
    elsewhere = hold_at(TEN, busy.volunteer)
    give_back(held)
    assert [status_of(one) for one in (busy, free, last)] == ["WAITLISTED", "OFFERED", "WAITLISTED"]
    assert (position_of(busy), position_of(last)) == (1, 2)
    give_back(elsewhere)
    services.answer_offer(actor=free.volunteer, application_id=free.pk, accept=False)
    assert [status_of(one) for one in (busy, last)] == ["OFFERED", "WAITLISTED"]


@pytest.mark.parametrize("way", ["withdraw", "decline", "expire", "more slots"])
def test_however_a_slot_becomes_free_it_passes_over_who_may_not_hold_it(way: str) -> None:
    role = role_at(slots_available=1)
    status = ApplicationStatus.ACCEPTED if way in {"withdraw", "more slots"} else ApplicationStatus.OFFERED
    held = ApplicationFactory(role=role, status=status)
    busy, free = wait_for(role), wait_for(role)
    hold_at(TEN, busy.volunteer)
    if way == "withdraw":
        give_back(held)
    elif way == "decline":
        services.answer_offer(actor=held.volunteer, application_id=held.pk, accept=False)
    elif way == "expire":
        expire_offers(now=timezone.now() + timedelta(days=3))
    else:
        changes = services.RoleChanges(slots_available=2)
        services.update_role(actor=owner_of(role.opportunity.host), role_id=role.pk, changes=changes)
    assert [status_of(one) for one in (busy, free)] == ["WAITLISTED", "OFFERED"]


@pytest.mark.parametrize("lose", [lose for lose, _ in LACKS if lose is not lacks_everybodys_course])
def test_an_offer_passes_over_who_lacks_something(lose: Callable[..., None]) -> None:
    role, held = full_role()
    lacking, able = wait_for(role), wait_for(role)
    lose(role, lacking.volunteer)
    for required in role.role_skills.all():
        UserSkillFactory(user=able.volunteer, skill=required.skill)
    for course in role.required_courses.all():
        EnrollmentFactory(user=able.volunteer, course=course, completed=True)
    VerificationCaseFactory(user=able.volunteer, kind="IDENTITY", expires_at=None)
    give_back(held)
    assert [status_of(one) for one in (lacking, able)] == ["WAITLISTED", "OFFERED"]


def test_an_offer_passes_over_a_closed_account_and_nobody_accepts_it() -> None:
    role, held = full_role()
    gone, here = wait_for(role), wait_for(role)
    User.objects.filter(pk=gone.volunteer_id).update(is_active=False)
    give_back(held)
    assert [status_of(one) for one in (gone, here)] == ["WAITLISTED", "OFFERED"]
    role.refresh_from_db()
    Role.objects.filter(pk=role.pk).update(slots_available=2)
    assert refusal(lambda: accept(gone, anyway=True)) == ["NOT_ELIGIBLE"]


def crowd_of_the_passed_over(number: int) -> tuple[Application, Application]:
    """Return who holds the only slot, and who is last on the waitlist behind so many who may not hold it."""
    role, held = full_role(required_verifications=["IDENTITY"])
    skill, course = RoleSkillFactory(role=role).skill, CourseFactory()
    role.required_courses.add(course)
    for at in range(number):
        waiting = wait_for(role)
        if at % 2:
            hold_at(TEN, waiting.volunteer)
    last = wait_for(role)
    UserSkillFactory(user=last.volunteer, skill=skill)
    EnrollmentFactory(user=last.volunteer, course=course, completed=True)
    VerificationCaseFactory(user=last.volunteer, kind="IDENTITY", expires_at=None)
    return held, last


def test_passing_over_many_costs_as_many_statements_as_passing_over_one() -> None:
    costs = []
    for number in (1, 25):
        held, last = crowd_of_the_passed_over(number)
        costs.append(len(statements_of(lambda held=held: give_back(held))))  # type: ignore[misc]
        assert status_of(last) == "OFFERED"
    assert costs[0] == costs[1]


def test_a_long_waitlist_is_read_in_few_parts_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waitlist, "FIRST_BATCH_SIZE", 2)
    held, last = crowd_of_the_passed_over(30)
    statements = statements_of(lambda: give_back(held))
    assert status_of(last) == "OFFERED"
    assert sum("LIMIT" in one and '"waitlisted_at" ASC' in one for one in statements) == 3, "2, 20, and the rest"
