"""Many people apply at once: the lock gives out the places one by one, and the constraint stands behind it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, connection

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.opportunities import services
from domains.opportunities.models import Application, ApplicationHistory, ApplicationStatus, Role
from domains.opportunities.transitions import Decision
from tests.factories import ApplicationFactory, RoleFactory, UserFactory, owner_of
from tests.threads import at_once

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("crowds"),  # two at once would be more connections than PostgreSQL gives
]

PLACES = 10
APPLICANTS = 40


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


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> threading.Barrier:
    """Nobody holds the role's lock, and all have looked at its places before the first takes one."""
    everybody_has_looked = threading.Barrier(APPLICANTS)

    def look_only(*, viewer: User, role_id: int) -> Role:
        seen = Role.objects.select_related("opportunity").get(pk=role_id)
        assert seen.slots_taken == 0
        everybody_has_looked.wait(timeout=30)
        return seen

    # The package's attribute of this name is the function.
    monkeypatch.setattr(import_module("domains.opportunities.services.apply_to_role"), "lock_role", look_only)
    return everybody_has_looked


@pytest.fixture
def without_constraint() -> Iterator[None]:
    """The database does not stand behind the lock."""
    (constraint,) = [one for one in Role._meta.constraints if one.name == "opportunities_never_oversold"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Role, constraint)
    yield
    Application.objects.all().delete()
    Role.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Role, constraint)


def apply_all(role: Role) -> list[Any]:
    people = [UserFactory() for _ in range(APPLICANTS)]

    def apply(number: int) -> Any:
        try:
            return services.apply_to_role(actor=people[number], role_id=role.pk)
        except IntegrityError as refused_by_the_database:
            return refused_by_the_database

    return at_once(apply, APPLICANTS)


@pytest.mark.usefixtures("without_lock", "without_constraint")
def test_with_neither_lock_nor_constraint_the_role_is_oversold() -> None:
    role = RoleFactory(requires_approval=False, slots_available=PLACES)
    assert Counter(map(outcome, apply_all(role))) == {"ACCEPTED": APPLICANTS}
    assert places_of(role) == (APPLICANTS, APPLICANTS, APPLICANTS)


@pytest.mark.usefixtures("without_lock")
def test_without_the_lock_everybody_sees_a_free_place_and_only_the_constraint_is_left() -> None:
    role = RoleFactory(requires_approval=False, slots_available=PLACES)
    answers = apply_all(role)
    faults = [str(answer) for answer in answers if isinstance(answer, IntegrityError)]
    assert all("opportunities_never_oversold" in fault for fault in faults)
    assert Counter(map(outcome, answers)) == {"ACCEPTED": PLACES, "IntegrityError": APPLICANTS - PLACES}
    assert places_of(role) == (PLACES, PLACES, PLACES)
