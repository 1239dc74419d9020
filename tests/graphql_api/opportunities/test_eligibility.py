"""Eligibility: all the reasons against applying at once, and the same ones that `applyToRole` refuses with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from domains.accounts.models import UserType
from domains.base.errors import Refused
from domains.opportunities.models import OpportunityKind, OpportunityStatus
from domains.opportunities.services import apply_to_role
from domains.skills.models import Skill
from tests.api import gid
from tests.factories import (
    ApplicationFactory,
    CourseFactory,
    EnrollmentFactory,
    ListingFactory,
    RoleFactory,
    RoleSkillFactory,
    UserFactory,
    UserSkillFactory,
    VerificationCaseFactory,
)
from tests.sql import statements_of

ASK = """query Ask($id: ID!) { node(id: $id) { ... on Role {
  eligibility { isEligible reasons { code message } } } } }"""


def eligibility(api: Any, role: Any) -> tuple[bool, list[str]]:
    answer = api.ask(ASK, id=gid(role))["node"]["eligibility"]
    assert all(reason["message"].endswith(".") for reason in answer["reasons"])
    return answer["isEligible"], [reason["code"] for reason in answer["reasons"]]


@pytest.mark.django_db
def test_nothing_is_in_the_way_of_a_volunteer_with_a_proved_address(api_as: Any) -> None:
    assert eligibility(api_as(UserFactory()), RoleFactory()) == (True, [])


@pytest.mark.django_db
def test_a_stranger_has_to_log_in_first(api_as: Any) -> None:
    assert eligibility(api_as(None), RoleFactory()) == (False, ["UNAUTHENTICATED"])


@pytest.mark.django_db
def test_who_has_applied_is_told_so(api_as: Any) -> None:
    application = ApplicationFactory()
    assert eligibility(api_as(application.volunteer), application.role) == (False, ["ALREADY_APPLIED"])


@pytest.mark.django_db
def test_who_withdrew_may_apply_again(api_as: Any) -> None:
    application = ApplicationFactory(status="WITHDRAWN")
    assert eligibility(api_as(application.volunteer), application.role) == (True, [])


def full_role() -> Any:
    return ApplicationFactory(role=RoleFactory(slots_available=1), status="ACCEPTED").role


def closed_role() -> Any:
    return RoleFactory(opportunity__status=OpportunityStatus.CLOSED)


def external_role() -> Any:
    return RoleFactory(opportunity=ListingFactory(opportunity__kind=OpportunityKind.EXTERNAL).opportunity)


@pytest.mark.django_db
@pytest.mark.parametrize("make_role", [RoleFactory, full_role, closed_role, external_role])
@pytest.mark.parametrize("person", [{}, {"unverified": True}, {"user_type": UserType.HOST}])
def test_the_reasons_are_those_that_applying_is_refused_with(api_as: Any, make_role: Any, person: dict) -> None:
    user, role = UserFactory(**person), make_role()
    role.refresh_from_db()
    is_eligible, reasons = eligibility(api_as(user), role)
    try:
        apply_to_role(actor=user, role_id=role.pk)
        refused = []
    except Refused as refusal:
        refused = [str(problem.code) for problem in refusal.problems]
    assert reasons == refused
    assert is_eligible is (not refused)


@pytest.mark.django_db
def test_everything_that_is_missing_is_said_at_once_with_its_name(api_as: Any) -> None:
    viewer, role = UserFactory(unverified=True), RoleFactory(required_verifications=["IDENTITY", "BACKGROUND_CHECK"])
    for name in ("Cooking for groups", "First aid"):
        RoleSkillFactory(role=role, skill__name=name)
    RoleSkillFactory(role=role, skill__name="Patience", is_required=False, is_developed=True)
    UserSkillFactory(user=viewer, skill=Skill.objects.get(name="First aid"), proficiency_level=1)
    role.required_courses.add(CourseFactory(title="Knives"))
    CourseFactory(title="Everybody's first hour", is_required=True)
    CourseFactory(title="Not out yet", is_required=True, is_published=False)
    CourseFactory(title="For hosts", is_required=True, audience_type="HOST")
    VerificationCaseFactory(user=viewer, kind="IDENTITY", expires_at=timezone.now() - timedelta(days=1))
    answer = api_as(viewer).ask(ASK, id=gid(role))["node"]["eligibility"]
    reasons = [(reason["code"], reason["message"]) for reason in answer["reasons"]]
    expected = [
        ("EMAIL_NOT_VERIFIED", "key"),
        ("MISSING_SKILL", "Cooking for groups"),
        ("MISSING_COURSE", "Everybody's first hour"),
        ("MISSING_COURSE", "Knives"),
        ("MISSING_VERIFICATION", "identity"),
        ("MISSING_VERIFICATION", "background"),
    ]
    assert [code for code, _ in reasons] == [code for code, _ in expected]
    assert all(word in message for (_, word), (_, message) in zip(expected, reasons, strict=True))
    with pytest.raises(Refused) as refused:
        apply_to_role(actor=viewer, role_id=role.pk)
    assert [str(problem.code) for problem in refused.value.problems] == [code for code, _ in reasons]


@pytest.mark.django_db
def test_who_has_what_the_role_asks_for_is_eligible(api_as: Any) -> None:
    viewer, role = UserFactory(), RoleFactory(required_verifications=["IDENTITY"])
    UserSkillFactory(user=viewer, skill=RoleSkillFactory(role=role).skill)
    course = CourseFactory(is_required=True)
    role.required_courses.add(course)
    EnrollmentFactory(user=viewer, course=course, completed=True)
    VerificationCaseFactory(user=viewer, kind="IDENTITY", expires_at=timezone.now() + timedelta(days=1))
    assert eligibility(api_as(viewer), role) == (True, [])
    assert apply_to_role(actor=viewer, role_id=role.pk).status == "APPLIED"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours_later", "length", "status", "expected"),
    [
        (2, 3, "ACCEPTED", ["OVERLAPS"]),
        (3, 3, "ACCEPTED", []),  # one begins when the other ends
        (2, 3, "APPLIED", []),
        (2, 3, "OFFERED", []),
        (2, 24 * 30, "ACCEPTED", []),  # a programme of weeks leaves room beside it
    ],
)
def test_a_place_at_the_same_time_is_in_the_way(
    api_as: Any, hours_later: int, length: int, status: str, expected: list[str]
) -> None:
    role = RoleFactory()
    start = role.opportunity.start_date + timedelta(hours=hours_later)
    other = ApplicationFactory(
        role__opportunity__title="Street party",
        role__opportunity__start_date=start,
        role__opportunity__end_date=start + timedelta(hours=length),
        status=status,
    )
    viewer = other.volunteer
    assert eligibility(api_as(viewer), role) == (not expected, expected)
    if expected:
        with pytest.raises(Refused, match="OVERLAPS"):
            apply_to_role(actor=viewer, role_id=role.pk)
    else:
        assert apply_to_role(actor=viewer, role_id=role.pk).status == "APPLIED"


@pytest.mark.django_db
def test_of_what_was_called_off_nothing_overlaps(api_as: Any) -> None:
    other = ApplicationFactory(status="ACCEPTED", role__opportunity__status=OpportunityStatus.CANCELLED)
    assert eligibility(api_as(other.volunteer), RoleFactory()) == (True, [])


@pytest.mark.django_db
def test_many_roles_are_judged_for_the_price_of_one(api_as: Any) -> None:
    viewer = UserFactory()
    api = api_as(viewer)
    document = """{ opportunities { edges { node { roles { eligibility { isEligible reasons { code } } } } } } }"""

    def add() -> None:
        role = RoleFactory(required_verifications=["IDENTITY"])
        RoleSkillFactory(role=role)
        role.required_courses.add(CourseFactory())
        ApplicationFactory(volunteer=viewer, status="ACCEPTED")

    add()
    api.ask(document)  # begins the session
    one = len(statements_of(lambda: api.ask(document)))
    for _ in range(4):
        add()
    assert len(statements_of(lambda: api.ask(document))) == one
