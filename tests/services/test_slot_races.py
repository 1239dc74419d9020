"""Several ways to a slot at once: the locks on the volunteer and the role let each see what the one before it did."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.notifications.models import Notification
from domains.opportunities import invariants, services
from domains.opportunities.models import Application, ApplicationStatus, Role
from domains.opportunities.services import moves
from domains.opportunities.transitions import Act, Decision, target_of
from tests.factories import ApplicationFactory, UserFactory, owner_of
from tests.slots import TEN, accept, full_role, give_back, hold_at, moves_of, role_at, status_of, take, wait_for
from tests.threads import at_once, somebody_waits

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("crowds"),  # two at once would be more connections than PostgreSQL gives
]

changes = import_module("domains.opportunities.services.application_locks")
TIMES = 5


def outcomes(answers: list[Any]) -> Counter[str]:
    return Counter(
        str(answer.problems[0].code) if isinstance(answer, Refused) else str(answer.status.value) for answer in answers
    )


def two_offers() -> tuple[list[Application], list[Application]]:
    """Return two offers to one person at the same time, and who is next on each waitlist."""
    person, roles = UserFactory(), [full_role() for _ in range(2)]
    offered, behind = [wait_for(role, person) for role, _ in roles], [wait_for(role) for role, _ in roles]
    for _, held in roles:
        give_back(held)
    return offered, behind


def test_of_two_offers_answered_at_once_one_is_taken_and_the_other_goes_on() -> None:
    for _ in range(TIMES):
        offered, behind = two_offers()
        assert outcomes(at_once(lambda number, offered=offered: take(offered[number]), 2)) == {  # type: ignore[misc]
            "ACCEPTED": 1,
            "OVERLAPS": 1,
        }
        taken = next(number for number in range(2) if status_of(offered[number]) == "ACCEPTED")
        assert status_of(offered[1 - taken]) == "WAITLISTED"
        assert [status_of(behind[number]) for number in (taken, 1 - taken)] == ["WAITLISTED", "OFFERED"]
    assert_sound()


def applications_of_one_person() -> list[Application]:
    person = UserFactory()
    return [ApplicationFactory(role=role_at(), volunteer=person) for _ in range(2)]


def test_two_hosts_that_accept_somebody_at_once_for_the_same_time_get_them_once() -> None:
    for _ in range(TIMES):
        applied = applications_of_one_person()
        answers = at_once(lambda number, applied=applied: accept(applied[number]), 2)  # type: ignore[misc]
        assert outcomes(answers) == {"ACCEPTED": 1, "OVERLAPS": 1}
        assert sorted(map(status_of, applied)) == ["ACCEPTED", "APPLIED"]
    assert_sound()


def test_by_all_three_ways_at_once_somebody_gets_one_slot() -> None:
    for _ in range(TIMES):
        person = UserFactory()
        open_role = role_at()
        applied = ApplicationFactory(role=role_at(), volunteer=person)
        offered = ApplicationFactory(role=role_at(), volunteer=person, status=ApplicationStatus.OFFERED)

        def act(
            number: int,
            person: User = person,
            role: Role = open_role,
            applied: Application = applied,
            offered: Application = offered,
        ) -> Application:
            if number == 0:
                return services.apply_to_role(actor=person, role_id=role.pk)
            return accept(applied) if number == 1 else take(offered)

        assert outcomes(at_once(act, 3)) == {"ACCEPTED": 1, "OVERLAPS": 2}
    assert_sound()


def meet_after_asking(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    """Let both acts ask whether the slot may be held before either takes it."""
    place, both_have_asked = import_module(f"domains.opportunities.services.{module}"), threading.Barrier(2)
    ask = place.find_reasons

    def ask_and_wait(**question: Any) -> Any:
        answer = ask(**question)
        both_have_asked.wait(timeout=30)
        return answer

    monkeypatch.setattr(place, "find_reasons", ask_and_wait)
    monkeypatch.setattr(changes, "lock_volunteers", lambda *, volunteer_ids: User.objects.in_bulk(volunteer_ids))


def test_without_the_lock_on_the_volunteer_two_hosts_get_them_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    applied = applications_of_one_person()
    meet_after_asking(monkeypatch, "decide_application")
    assert outcomes(at_once(lambda number: accept(applied[number]), 2)) == {"ACCEPTED": 2}
    assert invariants.nobody_holds_two_slots_at_once().count() == 1


def test_without_the_lock_on_the_volunteer_both_offers_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    offered, _ = two_offers()
    meet_after_asking(monkeypatch, "answer_offer")
    assert outcomes(at_once(lambda number: take(offered[number]), 2)) == {"ACCEPTED": 2}
    assert invariants.nobody_holds_two_slots_at_once().count() == 1


def decide(application: Application, decision: Decision) -> Application:
    return services.decide_application(
        actor=owner_of(application.role.opportunity.host), application_id=application.pk, decision=decision
    )


@pytest.mark.parametrize("first", list(Decision))
@pytest.mark.parametrize("second", list(Decision))
def test_of_two_decisions_at_once_the_second_sees_the_first(first: Decision, second: Decision) -> None:
    """A legal pair, such as WAITLIST and then DECLINE, is in the history in its order; else the second is CONFLICT."""
    application, decisions = ApplicationFactory(role=role_at()), (first, second)
    answers = at_once(lambda number: decide(application, decisions[number]), 2)
    made = moves_of(application)
    assert made[0] == "APPLIED"
    assert made[-1] == status_of(application)
    statuses = {str(target_of(Act(decision)).value) for decision in decisions}
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(made) - 1 == len(statuses) - len(refused)
    assert set(made[1:]) <= statuses
    if refused:
        (problem,) = refused[0].problems
        assert (problem.code, made[-1] in problem.message) == ("CONFLICT", True)
    assert_sound()


def test_a_volunteer_who_withdraws_while_a_coordinator_accepts_has_withdrawn() -> None:
    for _ in range(TIMES):
        application = ApplicationFactory(role=role_at())

        def act(number: int, one: Application = application) -> Application:
            if number:
                return accept(one)
            return services.withdraw_application(actor=one.volunteer, application_id=one.pk)

        withdrawn, accepted = at_once(act, 2)
        assert isinstance(withdrawn, Application)
        assert outcomes([accepted]) in ({"CONFLICT": 1}, {"ACCEPTED": 1})
        way = ["ACCEPTED", "WITHDRAWN"] if isinstance(accepted, Application) else ["WITHDRAWN"]
        assert moves_of(application) == ["APPLIED", *way]
    assert_sound()


def test_without_the_lock_on_the_role_the_second_decision_does_not_see_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    application, both_have_looked = ApplicationFactory(role=role_at()), threading.Barrier(2)

    def look_only(*, viewer: User | None, role_id: int) -> Role:
        return Role.objects.select_related("opportunity").get(pk=role_id)

    def look_and_wait(**asked: Any) -> Any:
        source = moves.refuse_unless_possible(**asked)
        both_have_looked.wait(timeout=30)
        return source

    monkeypatch.setattr(changes, "lock_role", look_only)
    decide_module = import_module("domains.opportunities.services.decide_application")
    monkeypatch.setattr(decide_module, "refuse_unless_possible", look_and_wait)
    decisions = (Decision.WAITLIST, Decision.DECLINE)
    answers = at_once(lambda number: decide(application, decisions[number]), 2)
    assert outcomes(answers) == {"WAITLISTED": 1, "DECLINED": 1}
    assert invariants.moves_begin_where_the_last_one_ended().exists()


def acceptance_during_a_change_of_times() -> str:
    """Move an opportunity while its volunteer is accepted elsewhere for that time; return what they are told."""
    held = hold_at(TEN.replace(hour=16), UserFactory())
    applied = ApplicationFactory(role=role_at(), volunteer=held.volunteer)
    opportunity = held.role.opportunity

    def change() -> None:
        try:
            services.update_opportunity(
                actor=owner_of(opportunity.host),
                opportunity_id=opportunity.pk,
                changes=services.OpportunityChanges(start_date=TEN, end_date=TEN.replace(hour=12)),
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            accept(applied)
            changing = thread.submit(change)
            somebody_waits(patience=5)
        changing.result(timeout=30)
    assert [status_of(one) for one in (held, applied)] == ["ACCEPTED", "ACCEPTED"]
    return Notification.objects.get(recipient=held.volunteer, kind="OPPORTUNITY_CHANGED").body


def test_a_change_of_times_waits_for_who_is_accepted_elsewhere_by_the_former_times_and_names_it() -> None:
    assert "At the same time you hold" in acceptance_during_a_change_of_times()
    assert_sound()


def test_without_the_lock_a_change_of_times_does_not_see_who_is_accepted_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stories = import_module("domains.notifications.services.notification_templates.changes")
    monkeypatch.setattr(stories, "lock_volunteers", lambda *, volunteer_ids: {})
    assert "At the same time" not in acceptance_during_a_change_of_times()


def test_a_crowd_by_all_ways_never_waits_in_a_ring_and_leaves_everything_sound() -> None:
    people = UserFactory.create_batch(6)
    roles = [role_at(slots_available=2) for _ in range(3)]
    applications = [
        ApplicationFactory(role=role, volunteer=person, status=ApplicationStatus.WAITLISTED)
        for role in roles
        for person in people
    ]

    def act(number: int) -> Any:
        person = people[number % 6]
        for application in applications[number % 3 :: 2]:
            try:
                if number % 2:
                    accept(application)
                elif application.volunteer_id == person.pk:
                    services.withdraw_application(actor=person, application_id=application.pk)
                    services.apply_to_role(actor=person, role_id=application.role_id, join_waitlist=True)
                else:
                    take(application)
            except Refused:
                continue

    # Whatever is no refusal, such as a deadlock, fails here.
    assert at_once(act, 12) == [None] * 12
    assert_sound()
    assert Application.objects.filter(status=ApplicationStatus.ACCEPTED).exists()


def assert_sound() -> None:
    for rows in (
        invariants.nobody_holds_two_slots_at_once,
        invariants.roles_count_their_slots,
        invariants.moves_begin_where_the_last_one_ended,
        invariants.applications_have_the_status_of_their_last_move,
    ):
        assert not rows().exists(), rows.__doc__
