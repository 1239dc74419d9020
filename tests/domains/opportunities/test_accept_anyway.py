"""A coordinator accepts somebody anyway: what that passes over, what not, and that it is written down."""

from __future__ import annotations

import pytest

from domains.opportunities import services
from domains.opportunities.transitions import Decision
from tests.factories import (
    ApplicationFactory,
    RoleSkillFactory,
    owner_of,
)
from tests.slots import (
    TEN,
    accept,
    full_role,
    hold_at,
    lacks_a_course,
    refusal,
    role_at,
    wait_for,
)
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


def test_accepting_anyway_passes_over_overlaps_and_what_is_missing_and_the_history_says_so() -> None:
    application = ApplicationFactory(role=role_at(required_verifications=["IDENTITY"]))
    RoleSkillFactory(role=application.role)
    lacks_a_course(application.role, application.volunteer)
    hold_at(TEN, application.volunteer)
    missing = ["MISSING_SKILL", "MISSING_COURSE", "MISSING_VERIFICATION", "OVERLAPS"]
    assert refusal(lambda: accept(application)) == missing
    assert accept(application, anyway=True).status == "ACCEPTED"
    last = application.history.order_by("pk").last()
    assert last is not None
    assert last.overrides == sorted(missing)
    assert all(code in last.full_reason for code in missing)
    # Once accepted, accepting again changes nothing, anyway or not.
    before = rows_of("opportunities", "base")
    for anyway in (True, False):
        assert accept(application, anyway=anyway).status == "ACCEPTED"
    assert rows_of("opportunities", "base") == before


def test_accepting_anyway_where_nothing_is_in_the_way_is_accepting() -> None:
    application = ApplicationFactory()
    accept(application, anyway=True)
    last = application.history.order_by("pk").last()
    assert last is not None
    assert (last.overrides, last.full_reason) == ([], "")


def test_accepting_anyway_passes_over_neither_a_full_role_nor_an_unverified_address() -> None:
    full, _ = full_role()
    waiting = wait_for(full)
    hold_at(TEN, waiting.volunteer)
    assert refusal(lambda: accept(waiting, anyway=True)) == ["FULL"]
    unverified = ApplicationFactory(role=role_at(), volunteer__unverified=True)
    assert refusal(lambda: accept(unverified, anyway=True)) == ["EMAIL_NOT_VERIFIED"]


@pytest.mark.parametrize("decision", [Decision.SHORTLIST, Decision.WAITLIST, Decision.DECLINE])
def test_the_other_decisions_ask_nothing(decision: Decision) -> None:
    application = ApplicationFactory(role=role_at(), volunteer__unverified=True)
    hold_at(TEN, application.volunteer)
    decided = services.decide_application(
        actor=owner_of(application.role.opportunity.host),
        application_id=application.pk,
        decision=decision,
        accept_anyway=True,
    )
    assert decided.history.latest("pk").overrides == []
