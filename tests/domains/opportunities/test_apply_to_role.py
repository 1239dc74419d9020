"""Applying for a place: who gets one at once, who waits, who is refused and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import NotFound, Refused
from domains.base.models import OutboxEntry
from domains.base.waitlist import waitlist_position
from domains.opportunities import services
from domains.opportunities.models import Application, ApplicationHistory, ApplicationStatus, OpportunityStatus, Role
from domains.opportunities.services.apply_to_role import MAX_APPLICATIONS_PER_DAY
from domains.opportunities.services.locks import lock_role
from tests.factories import ApplicationFactory, ListingFactory, RoleFactory, UserFactory
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


def refusals(actor: User, role: Role, **filters: Any) -> list[tuple[str, str | None]]:
    before = rows_of("opportunities", "base")
    with pytest.raises(Refused) as refused:
        services.apply_to_role(actor=actor, role_id=role.pk, **filters)
    assert rows_of("opportunities", "base") == before
    return [(str(problem.code), problem.field) for problem in refused.value.problems]


def full_role(**fields: Any) -> Role:
    role = RoleFactory(slots_available=1, **fields)
    ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED)
    return role


def moves_of(application: Application) -> list[tuple[Any, ...]]:
    return list(application.history.values_list("from_status", "to_status", "actor"))


def test_a_role_with_approval_takes_the_application_for_decision() -> None:
    role, volunteer = RoleFactory(), UserFactory()
    application = services.apply_to_role(actor=volunteer, role_id=role.pk, cover_letter=" Me, please. ")
    application.refresh_from_db()
    assert (application.volunteer, application.role, application.status) == (volunteer, role, "APPLIED")
    assert application.cover_letter == "Me, please."
    assert moves_of(application) == [(None, "APPLIED", volunteer.pk)]
    role.refresh_from_db()
    assert role.slots_taken == 0
    entry = OutboxEntry.objects.get()
    assert (entry.fact, entry.payload) == ("opportunities.ApplicationSubmitted", {"application_id": application.pk})


def test_a_role_without_approval_gives_a_place_at_once() -> None:
    role, volunteer = RoleFactory(requires_approval=False), UserFactory()
    application = services.apply_to_role(actor=volunteer, role_id=role.pk)
    role.refresh_from_db()
    assert (application.status, role.slots_taken) == ("ACCEPTED", 1)
    assert moves_of(application) == [(None, "ACCEPTED", volunteer.pk)]


def test_applying_again_answers_with_the_first_application_as_it_stands() -> None:
    role, volunteer = RoleFactory(requires_approval=False, slots_available=1), UserFactory()
    first = services.apply_to_role(actor=volunteer, role_id=role.pk, cover_letter="First.")
    before = rows_of("opportunities", "base")
    again = services.apply_to_role(actor=volunteer, role_id=role.pk, cover_letter="Second.", join_waitlist=True)
    assert (again, again.cover_letter, again.status) == (first, "First.", "ACCEPTED")
    assert rows_of("opportunities", "base") == before


def test_who_was_declined_may_apply_anew() -> None:
    earlier = ApplicationFactory(status=ApplicationStatus.DECLINED)
    anew = services.apply_to_role(actor=earlier.volunteer, role_id=earlier.role_id)
    assert anew != earlier
    assert anew.status == ApplicationStatus.APPLIED


@pytest.mark.parametrize("requires_approval", [True, False])
def test_a_full_role_refuses_or_lets_people_wait_in_line_first_come_first(requires_approval: bool) -> None:
    role = full_role(requires_approval=requires_approval)
    first, second = UserFactory(), UserFactory()
    assert refusals(first, role) == [("FULL", None)]
    for volunteer in (first, second):
        waiting = services.apply_to_role(actor=volunteer, role_id=role.pk, join_waitlist=True)
        assert waiting.status == ApplicationStatus.WAITLISTED
        assert moves_of(waiting) == [(None, "WAITLISTED", volunteer.pk)]
    line = Application.objects.annotate(position=waitlist_position(Application)).order_by("pk")
    assert list(line.values_list("volunteer", "position"))[1:] == [(first.pk, 1), (second.pk, 2)]
    assert line.values_list("position", flat=True)[0] is None
    role.refresh_from_db()
    assert role.slots_taken == 1


def test_the_waiting_list_is_not_joined_while_there_are_places() -> None:
    role = RoleFactory(requires_approval=False)
    application = services.apply_to_role(actor=UserFactory(), role_id=role.pk, join_waitlist=True)
    assert application.status == ApplicationStatus.ACCEPTED


@pytest.mark.parametrize("status", [OpportunityStatus.CLOSED, OpportunityStatus.CANCELLED])
def test_an_opportunity_that_is_not_open_takes_nobody(status: OpportunityStatus) -> None:
    role = RoleFactory(opportunity__status=status)
    assert refusals(UserFactory(), role, join_waitlist=True) == [("CLOSED", None)]


def test_an_opportunity_that_is_over_takes_nobody() -> None:
    role = RoleFactory(opportunity__start_date=timezone.now() - timedelta(days=3))
    assert refusals(UserFactory(), role) == [("CLOSED", None)]


def test_an_external_opportunity_says_where_to_apply() -> None:
    listing = ListingFactory(url="https://creek.example/cleanup")
    role = RoleFactory(opportunity=listing.opportunity)
    with pytest.raises(Refused) as refused:
        services.apply_to_role(actor=UserFactory(), role_id=role.pk)
    (problem,) = refused.value.problems
    assert (problem.code, "https://creek.example/cleanup" in problem.message) == ("CLOSED", True)
    assert not Application.objects.exists()


def test_a_draft_is_not_found() -> None:
    role = RoleFactory(opportunity__draft=True)
    with pytest.raises(NotFound):
        services.apply_to_role(actor=UserFactory(), role_id=role.pk)
    assert not Application.objects.exists()


def test_all_that_is_in_the_way_is_said_at_once_the_most_lasting_first() -> None:
    role = full_role(opportunity__status=OpportunityStatus.CLOSED)
    actor = UserFactory(hosting=True, unverified=True)
    assert refusals(actor, role, cover_letter="x" * 5001) == [
        ("EMAIL_NOT_VERIFIED", None),
        ("NOT_VOLUNTEER", None),
        ("CLOSED", None),
        ("FULL", None),
        ("TOO_LONG", "cover_letter"),
    ]


def test_the_database_itself_refuses_to_oversell_and_to_hold_two_live_applications() -> None:
    role = full_role()
    with pytest.raises(IntegrityError, match="opportunities_never_oversold"), transaction.atomic():
        Role.objects.filter(pk=role.pk).update(slots_taken=2)
    holder = Application.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(role=role, volunteer=holder.volunteer)
    assert ApplicationHistory.objects.filter(application=holder).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_role_cannot_be_locked_outside_a_transaction() -> None:
    role = RoleFactory()
    with pytest.raises(RuntimeError):
        lock_role(viewer=UserFactory(), role_id=role.pk)


def test_nobody_applies_for_the_same_role_again_and_again_but_asks_as_often_as_they_like() -> None:
    role, actor = RoleFactory(), UserFactory()
    for _ in range(MAX_APPLICATIONS_PER_DAY):
        application = services.apply_to_role(actor=actor, role_id=role.pk)
        assert services.apply_to_role(actor=actor, role_id=role.pk) == application
        services.withdraw_application(actor=actor, application_id=application.pk)
    with pytest.raises(Refused) as refused:
        services.apply_to_role(actor=actor, role_id=role.pk)
    assert [problem.code for problem in refused.value.problems] == ["RATE_LIMITED"]
    services.apply_to_role(actor=actor, role_id=RoleFactory().pk)


def test_being_refused_is_not_applying() -> None:
    role, actor = RoleFactory(requires_approval=False, slots_available=1), UserFactory()
    services.apply_to_role(actor=UserFactory(), role_id=role.pk)
    for _ in range(MAX_APPLICATIONS_PER_DAY + 1):
        with pytest.raises(Refused) as refused:
            services.apply_to_role(actor=actor, role_id=role.pk)
        assert [problem.code for problem in refused.value.problems] == ["FULL"]
    assert services.apply_to_role(actor=actor, role_id=role.pk, join_waitlist=True).status == "WAITLISTED"
