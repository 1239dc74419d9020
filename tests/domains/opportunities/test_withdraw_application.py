"""Taking an application back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from domains.base.errors import NotAllowed, NotFound, Refused
from domains.base.models import OutboxEntry
from domains.opportunities import services
from domains.opportunities.models import Application, ApplicationHistory, ApplicationStatus, OpportunityStatus, Role
from domains.opportunities.transitions import Decision
from tests.factories import ApplicationFactory, RoleFactory, UserFactory, owner_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


def status_of(*applications: Application) -> list[str]:
    return [Application.objects.get(pk=application.pk).status.value for application in applications]


@pytest.mark.parametrize("start", ["APPLIED", "SHORTLISTED", "WAITLISTED", "OFFERED", "ACCEPTED"])
def test_whatever_has_not_ended_can_be_withdrawn_and_frees_the_place_it_held(start: str) -> None:
    application = ApplicationFactory(status=ApplicationStatus(start))
    for _ in range(2):
        withdrawn = services.withdraw_application(
            actor=application.volunteer, application_id=application.pk, reason="My knee,  sorry."
        )
        assert withdrawn.status == "WITHDRAWN"
    last = ApplicationHistory.objects.filter(application=application, to_status="WITHDRAWN").get()
    assert (last.from_status, last.actor, last.reason) == (start, application.volunteer, "My knee, sorry.")
    assert Role.objects.get().slots_taken == 0
    assert [entry.fact for entry in OutboxEntry.objects.all()] == ["opportunities.ApplicationWithdrawn"]


@pytest.mark.parametrize("start", ["COMPLETED", "DECLINED", "CANCELLED", "EXPIRED"])
def test_what_has_ended_stays_as_it_ended(start: str) -> None:
    application = ApplicationFactory(status=ApplicationStatus(start))
    before = rows_of("opportunities", "base")
    with pytest.raises(Refused) as refused:
        services.withdraw_application(actor=application.volunteer, application_id=application.pk)
    (problem,) = refused.value.problems
    assert problem.code == "CONFLICT"
    assert start in problem.message
    assert rows_of("opportunities", "base") == before


def test_nobody_withdraws_for_somebody_else() -> None:
    application = ApplicationFactory(status=ApplicationStatus.ACCEPTED)
    before = rows_of("opportunities", "base")
    for actor, refusal in [
        (owner_of(application.role.opportunity.host), NotAllowed),
        (UserFactory(overseer=True), NotAllowed),
        (UserFactory(), NotFound),
    ]:
        if refusal is NotAllowed:
            before = rows_of("opportunities", "base")
        with pytest.raises(refusal):
            services.withdraw_application(actor=actor, application_id=application.pk)
        assert rows_of("opportunities", "base") == before


def test_a_reason_has_an_end() -> None:
    application = ApplicationFactory()
    with pytest.raises(Refused) as refused:
        services.withdraw_application(actor=application.volunteer, application_id=application.pk, reason="x" * 501)
    assert [(one.code, one.field) for one in refused.value.problems] == [("TOO_LONG", "reason")]


def test_a_freed_place_is_offered_once_to_the_first_in_line() -> None:
    role = RoleFactory(slots_available=2)
    held = [ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED) for _ in range(2)]
    line = [ApplicationFactory(role=role, status=ApplicationStatus.WAITLISTED) for _ in range(3)]
    services.withdraw_application(actor=held[0].volunteer, application_id=held[0].pk)
    services.withdraw_application(actor=held[0].volunteer, application_id=held[0].pk)
    assert status_of(*line) == ["OFFERED", "WAITLISTED", "WAITLISTED"]
    assert Role.objects.get().slots_taken == 2
    offered = ApplicationHistory.objects.get(to_status="OFFERED", application=line[0])
    assert offered.actor is None
    # Leaving the line frees nothing.
    services.withdraw_application(actor=line[1].volunteer, application_id=line[1].pk)
    assert status_of(*line) == ["OFFERED", "WITHDRAWN", "WAITLISTED"]


@pytest.mark.parametrize(("status", "past"), [(OpportunityStatus.CANCELLED, False), (OpportunityStatus.OPEN, True)])
def test_nothing_is_offered_of_what_was_called_off_or_is_over(status: OpportunityStatus, past: bool) -> None:
    role = RoleFactory(slots_available=1, opportunity__past=past, opportunity__status=status)
    held = ApplicationFactory(role=role, status=ApplicationStatus.OFFERED if past else ApplicationStatus.ACCEPTED)
    waiting = ApplicationFactory(role=role, status=ApplicationStatus.WAITLISTED)
    services.withdraw_application(actor=held.volunteer, application_id=held.pk)
    assert status_of(held, waiting) == ["WITHDRAWN", "WAITLISTED"]
    assert Role.objects.get().slots_taken == 0


def test_whoever_withdrew_may_apply_again_and_stands_at_the_end_of_the_line() -> None:
    role = RoleFactory(slots_available=1, requires_approval=False)
    services.apply_to_role(actor=UserFactory(), role_id=role.pk)
    leaver, other = UserFactory(), UserFactory()
    first = services.apply_to_role(actor=leaver, role_id=role.pk, join_waitlist=True)
    second = services.apply_to_role(actor=other, role_id=role.pk, join_waitlist=True)
    services.withdraw_application(actor=leaver, application_id=first.pk)
    again = services.apply_to_role(actor=leaver, role_id=role.pk, join_waitlist=True)
    assert again.pk != first.pk
    assert [second.waitlisted_at < again.waitlisted_at] == [True]  # type: ignore[operator]


def test_one_freed_place_makes_one_offer_although_more_places_are_free() -> None:
    """A coordinator may let somebody wait although there is room; that stays the coordinator's decision."""
    role = RoleFactory(slots_available=4)
    held = ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED)
    line = [ApplicationFactory(role=role, status=ApplicationStatus.WAITLISTED) for _ in range(3)]
    services.withdraw_application(actor=held.volunteer, application_id=held.pk)
    assert status_of(*line) == ["OFFERED", "WAITLISTED", "WAITLISTED"]


@time_machine.travel("2031-05-01T10:00:00Z", tick=False)
def test_the_line_is_in_the_order_of_joining_even_within_one_tick_of_the_clock() -> None:
    role = RoleFactory(slots_available=1, opportunity__start_date=timezone.now() + timedelta(days=9))
    undecided = ApplicationFactory(role=role)
    held = ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED)
    joined = services.apply_to_role(actor=UserFactory(), role_id=role.pk, join_waitlist=True)
    owner = owner_of(role.opportunity.host)
    services.decide_application(actor=owner, application_id=undecided.pk, decision=Decision.WAITLIST)
    services.withdraw_application(actor=held.volunteer, application_id=held.pk)
    assert status_of(joined, undecided) == ["OFFERED", "WAITLISTED"]


def test_a_place_in_what_is_over_is_not_given_back_but_a_wish_for_one_is() -> None:
    role = RoleFactory(opportunity__past=True, slots_available=5)
    held, wished = (ApplicationFactory(role=role, status=status) for status in ("ACCEPTED", "APPLIED"))
    with pytest.raises(Refused) as refused:
        services.withdraw_application(actor=held.volunteer, application_id=held.pk)
    assert [problem.code for problem in refused.value.problems] == ["CLOSED"]
    services.withdraw_application(actor=wished.volunteer, application_id=wished.pk)
    assert status_of(held, wished) == ["ACCEPTED", "WITHDRAWN"]
