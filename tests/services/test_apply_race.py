"""Many people apply at once: the lock gives out the places one by one, and the constraint stands behind it."""

from __future__ import annotations

import threading
from collections import Counter
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.opportunities import services
from domains.opportunities.models import Application, ApplicationHistory, ApplicationStatus, Role
from domains.opportunities.transitions import Decision
from tests.factories import ApplicationFactory, RoleFactory, UserFactory, owner_of
from tests.threads import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

PLACES = 10


def outcome(answer: Application | Refused | IntegrityError) -> str:
    if isinstance(answer, Refused):
        return str(answer.problems[0].code)
    return "IntegrityError" if isinstance(answer, IntegrityError) else str(answer.status.value)


def places_of(role: Role) -> tuple[int, int, int]:
    role.refresh_from_db()
    return (
        role.slots_taken,
        Application.objects.filter(status=ApplicationStatus.ACCEPTED).count(),
        ApplicationHistory.objects.filter(to_status=ApplicationStatus.ACCEPTED).count(),
    )


def test_forty_people_at_once_share_ten_places() -> None:
    role = RoleFactory(requires_approval=False, slots_available=PLACES)
    people = [UserFactory() for _ in range(40)]
    answers = at_once(lambda number: services.apply_to_role(actor=people[number], role_id=role.pk), len(people))
    assert Counter(map(outcome, answers)) == {"ACCEPTED": PLACES, "FULL": 30}
    assert places_of(role) == (PLACES, PLACES, PLACES)


def test_those_who_wait_stand_in_line_once_each() -> None:
    role = RoleFactory(requires_approval=False, slots_available=PLACES)
    people = [UserFactory() for _ in range(20)]

    def apply(number: int) -> Application:
        return services.apply_to_role(actor=people[number % 20], role_id=role.pk, join_waitlist=True)

    answers = at_once(apply, 40)
    assert Counter(map(outcome, answers)) == {"ACCEPTED": 2 * PLACES, "WAITLISTED": 20}
    assert Application.objects.count() == ApplicationHistory.objects.count() == 20
    assert places_of(role) == (PLACES, PLACES, PLACES)


def test_thirty_acceptances_at_once_fill_ten_places() -> None:
    role = RoleFactory(slots_available=PLACES)
    applications = [ApplicationFactory(role=role, history=False) for _ in range(30)]
    coordinator = owner_of(role.opportunity.host)

    def accept(number: int) -> Application:
        return services.decide_application(
            actor=coordinator, application_id=applications[number].pk, decision=Decision.ACCEPT
        )

    assert Counter(map(outcome, at_once(accept, 30))) == {"ACCEPTED": PLACES, "FULL": 20}
    assert places_of(role) == (PLACES, PLACES, PLACES)


def test_of_two_contrary_decisions_one_wins_and_the_other_learns_how_it_stands() -> None:
    application = ApplicationFactory(history=False)
    coordinator = owner_of(application.role.opportunity.host)
    decisions = [Decision.ACCEPT, Decision.DECLINE]

    def decide(number: int) -> Application:
        return services.decide_application(actor=coordinator, application_id=application.pk, decision=decisions[number])

    answers = at_once(decide, 2)
    application.refresh_from_db()
    assert Counter(map(outcome, answers)) == {application.status.value: 1, "CONFLICT": 1}
    (lost,) = (answer for answer in answers if isinstance(answer, Refused))
    assert application.status in lost.problems[0].message
    assert ApplicationHistory.objects.count() == 1


def test_without_the_lock_everybody_sees_a_free_place_and_only_the_constraint_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    role = RoleFactory(requires_approval=False, slots_available=PLACES)
    people = [UserFactory() for _ in range(40)]
    everybody_has_looked = threading.Barrier(len(people))

    def look_only(*, viewer: User, role_id: int) -> Role:
        seen = Role.objects.select_related("opportunity").get(pk=role_id)
        assert seen.slots_taken == 0
        everybody_has_looked.wait(timeout=30)
        return seen

    # The package's attribute of this name is the function.
    monkeypatch.setattr(import_module("domains.opportunities.services.apply_to_role"), "lock_role", look_only)

    def apply(number: int) -> Any:
        try:
            return services.apply_to_role(actor=people[number], role_id=role.pk)
        except IntegrityError as refused_by_the_database:
            return refused_by_the_database

    answers = at_once(apply, len(people))
    faults = [str(answer) for answer in answers if isinstance(answer, IntegrityError)]
    assert all("opportunities_never_oversold" in fault for fault in faults)
    assert Counter(map(outcome, answers)) == {"ACCEPTED": PLACES, "IntegrityError": 30}
    assert places_of(role) == (PLACES, PLACES, PLACES)
