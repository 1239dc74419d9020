"""Nobody holds two slots at the same time, in whatever way they come to them; nor one that they may not hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from domains.base.errors import Refused
from domains.opportunities import services
from domains.opportunities.models import Application, ApplicationStatus, Opportunity, Role
from domains.opportunities.transitions import Decision
from domains.skills.services import remove_skill
from tests.factories import (
    ApplicationFactory,
    OpportunityFactory,
    RoleSkillFactory,
    UserFactory,
    UserSkillFactory,
    owner_of,
)
from tests.slots import (
    LACKS,
    TEN,
    accept,
    codes,
    full_role,
    give_back,
    hold_at,
    moves_of,
    position_of,
    refusal,
    role_at,
    status_of,
    take,
    wait_for,
)
from tests.sql import statements_of

pytestmark = pytest.mark.django_db


def test_of_two_offers_at_the_same_time_one_is_taken_and_the_other_goes_on() -> None:
    person = UserFactory()
    (first, first_held), (second, second_held) = full_role(), full_role()
    mine, other = wait_for(first, person), wait_for(second, person)
    behind = [wait_for(second), wait_for(second)]
    give_back(first_held)
    give_back(second_held)
    assert (status_of(mine), status_of(other)) == ("OFFERED", "OFFERED")
    assert take(mine).status == "ACCEPTED"
    with pytest.raises(Refused) as refused:
        take(other)
    (problem,) = refused.value.problems
    assert problem.code == "OVERLAPS"
    assert first.opportunity.title in problem.message
    assert "position" in problem.message
    assert [status_of(one) for one in (other, *behind)] == ["WAITLISTED", "OFFERED", "WAITLISTED"]
    assert (position_of(other), position_of(behind[1])) == (1, 2), "they keep their position"
    second.refresh_from_db()
    assert second.slots_taken == 1
    assert moves_of(other)[-2:] == ["OFFERED", "WAITLISTED"]
    last = other.history.order_by("pk").last()
    assert last is not None
    assert first.opportunity.title not in last.reason, "the coordinators of the second read the history"
    assert codes(lambda: take(other)) == ["CONFLICT"], "there is no offer any more"
    # Once the first is given back, a later slot finds them again.
    give_back(mine)
    services.answer_offer(actor=behind[0].volunteer, application_id=behind[0].pk, accept=False)
    assert [status_of(one) for one in (other, *behind)] == ["OFFERED", "DECLINED", "WAITLISTED"]
    assert take(other).status == "ACCEPTED"


def test_an_offer_refused_for_an_overlap_leaves_the_slot_free_where_nobody_else_waits() -> None:
    role, held = full_role()
    mine = wait_for(role)
    give_back(held)
    hold_at(TEN, mine.volunteer)
    assert codes(lambda: take(mine)) == ["OVERLAPS"]
    role.refresh_from_db()
    assert (status_of(mine), role.slots_taken) == ("WAITLISTED", 0)


def test_who_joins_while_another_has_an_offer_stays_behind_them_when_the_offer_comes_back() -> None:
    role, held = full_role()
    mine = wait_for(role)
    give_back(held)
    # Some server's clock is ahead of ours.
    Application.objects.filter(pk=mine.pk).update(waitlisted_at=timezone.now() + timedelta(minutes=5))
    behind = services.apply_to_role(actor=UserFactory(), role_id=role.pk, join_waitlist=True)
    hold_at(TEN, behind.volunteer)
    hold_at(TEN, mine.volunteer)
    assert codes(lambda: take(mine)) == ["OVERLAPS"]
    assert (position_of(mine), position_of(behind)) == (1, 2)


def test_a_coordinator_cannot_accept_somebody_for_two_slots_at_the_same_time() -> None:
    person = UserFactory()
    first, second = (ApplicationFactory(role=role_at(requires_approval=True), volunteer=person) for _ in range(2))
    accept(first)
    assert refusal(lambda: accept(second)) == ["OVERLAPS"]
    give_back(first)
    assert accept(second).status == "ACCEPTED"


def test_a_coordinator_cannot_accept_from_the_waitlist_who_holds_a_slot_elsewhere_by_now() -> None:
    waiting = wait_for(role_at())
    hold_at(TEN + timedelta(hours=1), waiting.volunteer)
    assert refusal(lambda: accept(waiting)) == ["OVERLAPS"]


def test_a_coordinator_learns_of_their_own_hosts_slot_only() -> None:
    waiting = wait_for(role_at())
    elsewhere = [hold_at(TEN, waiting.volunteer, title="Marshal") for _ in range(2)]
    with pytest.raises(Refused) as refused:
        accept(waiting)
    (problem,) = refused.value.problems
    assert all(one.role.opportunity.title not in problem.message for one in elsewhere)
    assert "acceptAnyway: true" in problem.message
    ours = elsewhere[0].role.opportunity
    ours.host = waiting.role.opportunity.host
    ours.save()
    with pytest.raises(Refused) as refused:
        accept(waiting)
    ours_named, hidden = refused.value.problems
    assert ours.title in ours_named.message
    assert elsewhere[1].role.opportunity.title not in hidden.message


@pytest.mark.parametrize(("lose", "code"), LACKS)
def test_what_was_lost_after_the_offer_refuses_its_answer_and_leaves_it(lose: Callable[..., None], code: str) -> None:
    role, held = full_role()
    mine, _ = wait_for(role), wait_for(role)
    give_back(held)
    lose(role, mine.volunteer)
    assert refusal(lambda: take(mine)) == [code]
    assert status_of(mine) == "OFFERED"
    # Leaving it to the next is always possible.
    services.answer_offer(actor=mine.volunteer, application_id=mine.pk, accept=False)


@pytest.mark.parametrize(("lose", "code"), LACKS)
def test_what_was_lost_after_applying_refuses_the_acceptance(lose: Callable[..., None], code: str) -> None:
    application = ApplicationFactory(role=role_at())
    lose(application.role, application.volunteer)
    assert refusal(lambda: accept(application)) == [code]


def test_a_skill_that_was_removed_is_found_and_had_again_is_enough() -> None:
    role, held = full_role()
    skill = RoleSkillFactory(role=role).skill
    lacking, able = wait_for(role), wait_for(role)
    for waiting in (lacking, able):
        UserSkillFactory(user=waiting.volunteer, skill=skill)
    remove_skill(actor=lacking.volunteer, skill_id=skill.pk)
    give_back(held)
    assert [status_of(one) for one in (lacking, able)] == ["WAITLISTED", "OFFERED"]
    UserSkillFactory(user=lacking.volunteer, skill=skill)
    remove_skill(actor=able.volunteer, skill_id=skill.pk)
    assert refusal(lambda: take(able)) == ["MISSING_SKILL"]
    services.answer_offer(actor=able.volunteer, application_id=able.pk, accept=False)
    assert take(lacking).status == "ACCEPTED"


def test_who_holds_a_slot_at_that_time_and_lacks_a_skill_reads_both_and_goes_back() -> None:
    role, held = full_role()
    mine = wait_for(role)
    give_back(held)
    RoleSkillFactory(role=role)
    hold_at(TEN, mine.volunteer)
    assert codes(lambda: take(mine)) == ["MISSING_SKILL", "OVERLAPS"]
    assert status_of(mine) == "WAITLISTED"


@pytest.mark.parametrize("way", ["apply", "offer", "accept"])
@pytest.mark.parametrize(
    ("starts", "hours", "overlaps"),
    [(2, 2, False), (-2, 2, False), (1, 2, True), (-1, 2, True), (0.5, 1, True), (1, 72, True), (1, 73, False)],
)
def test_every_way_to_a_slot_asks_the_same(way: str, starts: float, hours: float, overlaps: bool) -> None:
    """10:00 to 12:00 and 12:00 to 14:00 are both possible; what lasts more than three days leaves room beside it."""
    person = UserFactory()
    hold_at(TEN + timedelta(hours=starts), person, hours=hours)
    role, held = full_role()
    if way == "apply":
        Role.objects.filter(pk=role.pk).update(slots_available=2)
        act = lambda: services.apply_to_role(actor=person, role_id=role.pk)  # noqa: E731
    elif way == "offer":
        Role.objects.filter(pk=role.pk).update(slots_available=2)
        offered = ApplicationFactory(role=role, volunteer=person, status=ApplicationStatus.OFFERED)
        act = lambda: take(offered)  # noqa: E731
    else:
        waiting = wait_for(role, person)
        give_back(held)
        assert status_of(waiting) == ("WAITLISTED" if overlaps else "OFFERED")
        if not overlaps:
            return
        act = lambda: accept(waiting)  # noqa: E731
    if overlaps:
        assert codes(act) == ["OVERLAPS"]
    else:
        assert act().status == "ACCEPTED"


def test_two_roles_of_one_opportunity_are_at_the_same_time() -> None:
    person, opportunity = UserFactory(), OpportunityFactory()
    first, second = (ApplicationFactory(role__opportunity=opportunity, volunteer=person) for _ in range(2))
    accept(first)
    assert refusal(lambda: accept(second)) == ["OVERLAPS"]


def test_closing_stops_new_applications_only() -> None:
    role, held = full_role()
    offered, applied = wait_for(role), ApplicationFactory(role=role)
    services.close_opportunity(actor=owner_of(role.opportunity.host), opportunity_id=role.opportunity_id)
    give_back(held)
    assert take(offered).status == "ACCEPTED"
    Role.objects.filter(pk=role.pk).update(slots_available=2)
    assert accept(applied).status == "ACCEPTED"
    assert codes(lambda: services.apply_to_role(actor=UserFactory(), role_id=role.pk)) == ["CLOSED", "FULL"]


@pytest.mark.parametrize("anyway", [True, False])
def test_nobody_is_accepted_for_what_is_over_or_was_called_off(anyway: bool) -> None:
    over = ApplicationFactory(role=role_at(timezone.now() - timedelta(hours=3)))
    assert refusal(lambda: accept(over, anyway=anyway)) == ["CLOSED"]
    # Those who were not chosen can still be told so.
    services.decide_application(
        actor=owner_of(over.role.opportunity.host), application_id=over.pk, decision=Decision.DECLINE
    )
    called_off = ApplicationFactory(role=role_at())
    Opportunity.objects.filter(pk=called_off.role.opportunity_id).update(status="CANCELLED")
    assert refusal(lambda: accept(called_off, anyway=anyway)) == ["CLOSED"]


def test_what_is_settled_is_a_conflict_whatever_else_is_in_the_way() -> None:
    application = ApplicationFactory(role=role_at(), status=ApplicationStatus.WITHDRAWN, volunteer__unverified=True)
    hold_at(TEN, application.volunteer)
    assert refusal(lambda: accept(application)) == ["CONFLICT"]


@pytest.mark.parametrize("way", ["apply", "offer", "accept"])
def test_how_many_slots_somebody_holds_costs_no_statements(way: str) -> None:
    costs = []
    for number in (1, 5):
        person = UserFactory()
        for at in range(number):
            hold_at(TEN + timedelta(days=1 + at), person)
        role = role_at()
        if way == "apply":
            act = lambda: services.apply_to_role(actor=person, role_id=role.pk)  # noqa: B023, E731
        elif way == "offer":
            offered = ApplicationFactory(role=role, volunteer=person, status=ApplicationStatus.OFFERED)
            act = lambda: take(offered)  # noqa: B023, E731
        else:
            applied = ApplicationFactory(role=role, volunteer=person)
            owner_of(role.opportunity.host)
            act = lambda: accept(applied)  # noqa: B023, E731
        costs.append(len(statements_of(act)))
    assert costs[0] == costs[1] <= 30
