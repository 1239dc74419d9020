"""Places that become free while many things happen: each is offered once, to the first in line."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection, transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.opportunities import services
from domains.opportunities.models import (
    Application,
    ApplicationHistory,
    ApplicationStatus,
    Opportunity,
    OpportunityStatus,
    Role,
)
from domains.opportunities.services.expire_offers import expire_offers
from domains.opportunities.transitions import Decision
from tests.factories import ApplicationFactory, RoleFactory, UserFactory, owner_of
from tests.threads import at_once

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("crowds"),  # two at once would be more connections than PostgreSQL gives
]


def counts(role: Role) -> dict[str, int]:
    return Counter(status.value for status in Application.objects.filter(role=role).values_list("status", flat=True))


def line_of(role: Role, number: int) -> list[Application]:
    return [ApplicationFactory(role=role, status=ApplicationStatus.WAITLISTED) for _ in range(number)]


def test_ten_withdrawals_at_once_make_ten_offers_to_the_first_ten() -> None:
    role = RoleFactory(slots_available=10)
    held = [ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED) for _ in range(10)]
    line = line_of(role, 15)

    def withdraw(number: int) -> Application:
        one = held[number % 10]  # each asks twice
        return services.withdraw_application(actor=one.volunteer, application_id=one.pk)

    assert all(isinstance(answer, Application) for answer in at_once(withdraw, 20))
    role.refresh_from_db()
    assert (role.slots_taken, counts(role)) == (10, {"WITHDRAWN": 10, "OFFERED": 10, "WAITLISTED": 5})
    offered = Application.objects.filter(status=ApplicationStatus.OFFERED).values_list("pk", flat=True)
    assert set(offered) == {one.pk for one in line[:10]}


def test_several_workers_pass_each_overdue_offer_on_once() -> None:
    role = RoleFactory(slots_available=5)
    overdue = timezone.now() - timedelta(minutes=1)
    for _ in range(5):
        ApplicationFactory(role=role, status=ApplicationStatus.OFFERED, offer_expires_at=overdue)
    line_of(role, 10)
    passed_on = at_once(lambda _: expire_offers(), 4)
    assert sum(number for number in passed_on if isinstance(number, int)) == 5
    role.refresh_from_db()
    assert (role.slots_taken, counts(role)) == (5, {"EXPIRED": 5, "OFFERED": 5, "WAITLISTED": 5})
    assert ApplicationHistory.objects.filter(to_status=ApplicationStatus.EXPIRED).count() == 5


def test_an_offer_is_either_taken_or_expired_never_both() -> None:
    for _ in range(5):
        role = RoleFactory(slots_available=1)
        offered = ApplicationFactory(role=role, status=ApplicationStatus.OFFERED)
        line_of(role, 1)
        later = timezone.now() + timedelta(days=3)

        def act(number: int, offered: Application = offered, later: object = later) -> object:
            if number:
                return expire_offers(now=later)  # type: ignore[arg-type]
            return services.answer_offer(actor=offered.volunteer, application_id=offered.pk, accept=True)

        at_once(act, 2)
        role.refresh_from_db()
        assert role.slots_taken == 1
        assert counts(role) in ({"ACCEPTED": 1, "WAITLISTED": 1}, {"EXPIRED": 1, "OFFERED": 1})


def test_a_withdrawal_and_an_acceptance_do_not_take_the_same_place_twice() -> None:
    for _ in range(5):
        role = RoleFactory(slots_available=1)
        held = ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED)
        ApplicationFactory(role=role, status=ApplicationStatus.WAITLISTED)
        wanted = ApplicationFactory(role=role, status=ApplicationStatus.APPLIED)
        owner = owner_of(role.opportunity.host)

        def act(
            number: int, held: Application = held, wanted: Application = wanted, owner: User = owner
        ) -> Application:
            if number:
                return services.withdraw_application(actor=held.volunteer, application_id=held.pk)
            return services.decide_application(actor=owner, application_id=wanted.pk, decision=Decision.ACCEPT)

        decided, _ = at_once(act, 2)
        # Whoever came first: the freed place is the line's, and nobody is let in past it.
        assert isinstance(decided, Refused)
        role.refresh_from_db()
        assert (role.slots_taken, counts(role)) == (1, {"WITHDRAWN": 1, "OFFERED": 1, "APPLIED": 1})


def test_one_person_cannot_be_in_two_places_by_applying_for_both_at_once() -> None:
    for _ in range(3):
        roles = [RoleFactory(requires_approval=False) for _ in range(6)]
        person = UserFactory()
        answers = at_once(
            lambda number, person=person, roles=roles: services.apply_to_role(  # type: ignore[misc]
                actor=person, role_id=roles[number].pk
            ),
            6,
        )
        refused = [str(answer.problems[0].code) for answer in answers if isinstance(answer, Refused)]
        assert refused == ["OVERLAPS"] * 5


def test_whoever_waited_while_it_was_called_off_learns_that_it_was() -> None:
    """What was read before the wait for the lock, or joined to it, is as old as the wait."""
    role = RoleFactory(requires_approval=False)
    person = UserFactory()
    is_waiting = threading.Event()
    lock_role = import_module("domains.opportunities.services.apply_to_role").lock_role

    def lock(**which: object) -> Role | None:
        is_waiting.set()
        locked: Role | None = lock_role(**which)
        return locked

    def apply() -> object:
        try:
            return services.apply_to_role(actor=person, role_id=role.pk)
        except Refused as refusal:
            return [str(problem.code) for problem in refusal.problems]
        finally:
            connection.close()

    with pytest.MonkeyPatch.context() as patched, ThreadPoolExecutor(1) as thread:
        patched.setattr(import_module("domains.opportunities.services.apply_to_role"), "lock_role", lock)
        with transaction.atomic():
            Role.objects.select_for_update().get(pk=role.pk)
            applying = thread.submit(apply)
            assert is_waiting.wait(timeout=10)
            Opportunity.objects.filter(pk=role.opportunity_id).update(status=OpportunityStatus.CANCELLED)
        assert applying.result(timeout=10) == ["CLOSED"]
    assert not Application.objects.exists()
