"""Eligibility: all the reasons against applying at once, and the same ones that `applyToRole` refuses with."""

from __future__ import annotations

from typing import Any

import pytest

from domains.accounts.models import UserType
from domains.base.errors import Refused
from domains.opportunities.models import OpportunityKind, OpportunityStatus
from domains.opportunities.services import apply_to_role
from tests.api import gid
from tests.factories import ApplicationFactory, ListingFactory, RoleFactory, UserFactory

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
