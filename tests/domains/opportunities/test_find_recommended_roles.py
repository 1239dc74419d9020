"""A volunteer is told of what they could take, what suits them best first, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from domains.accounts.models import User, UserType
from domains.base.week import DaySlot, Weekday, merge
from domains.geo.selectors import zip_time_zone
from domains.learning.models import CompletionStatus
from domains.opportunities.models import ApplicationStatus, MembershipRole, OpportunityStatus, Role
from domains.opportunities.selectors import RecommendedRole, find_recommended_roles
from domains.verification.models import VerificationKind, VerificationStatus
from tests.factories import (
    ApplicationFactory,
    CauseFactory,
    CourseFactory,
    EnrollmentFactory,
    HostMembershipFactory,
    OpportunityFactory,
    OpportunityHostFactory,
    PreferredCauseFactory,
    RoleFactory,
    RoleSkillFactory,
    SkillFactory,
    UserFactory,
    UserSkillFactory,
    VerificationCaseFactory,
)
from tests.sql import statements_of

pytestmark = pytest.mark.django_db
#: Places in the order of their distance from 94110: Oakland, San Jose, Los Angeles.
OAKLAND: dict[str, Any] = {"location_zip": "94601", "latitude": 37.776, "longitude": -122.219}
SAN_JOSE: dict[str, Any] = {"location_zip": "95112", "latitude": 37.344, "longitude": -121.883}
LOS_ANGELES: dict[str, Any] = {"location_zip": "90012", "latitude": 34.062, "longitude": -118.239}


@pytest.fixture
def volunteer() -> User:
    return UserFactory(zip_code="94110")


def recommended(viewer: User, first: int = 50) -> list[RecommendedRole]:
    return find_recommended_roles(viewer=viewer, first=first)


def role_ids(viewer: User, first: int = 50) -> list[int]:
    return [one.role_id for one in recommended(viewer, first)]


def reasons(viewer: User, role: Role) -> dict[str, str]:
    (one,) = [one for one in recommended(viewer) if one.role_id == role.pk]
    return {reason.code.value: reason.message for reason in one.match.reasons}


def asking(*skills: Any, **fields: Any) -> Role:
    role = RoleFactory(**fields)
    for skill in skills:
        RoleSkillFactory(role=role, skill=skill)
    return role


def test_who_has_the_skill_is_told_first_of_the_role_that_asks_for_it(volunteer: User) -> None:
    carpentry, singing = SkillFactory(name="Carpentry"), SkillFactory(name="Singing", category="Arts")
    UserSkillFactory(user=volunteer, skill=carpentry, proficiency_level=4)
    lacking, fitting, open_to_all = asking(singing), asking(carpentry), asking()
    assert role_ids(volunteer) == [fitting.pk, open_to_all.pk, lacking.pk]
    assert reasons(volunteer, fitting)["REQUIRED_SKILL"] == "It asks for Carpentry, which you have at level 4 of 5."
    assert "Singing" in reasons(volunteer, lacking)["MISSING_SKILL"]


def test_the_nearer_comes_first_and_the_remote_counts_like_25_km(volunteer: User) -> None:
    far, near, middle = (
        RoleFactory(opportunity=OpportunityFactory(**place)) for place in (LOS_ANGELES, OAKLAND, SAN_JOSE)
    )
    remote, here = RoleFactory(opportunity__remote=True), RoleFactory()
    assert role_ids(volunteer) == [here.pk, near.pk, remote.pk, middle.pk, far.pk]
    assert reasons(volunteer, near)["DISTANCE"] == "About 17 km from the middle of your ZIP code."
    assert "DISTANCE" not in reasons(volunteer, far)


def test_a_developed_skill_of_a_category_one_knows_is_a_reason(volunteer: User) -> None:
    UserSkillFactory(user=volunteer, skill=SkillFactory(name="First aid", category="Care"))
    role = RoleFactory()
    RoleSkillFactory(
        role=role, skill=SkillFactory(name="Nursing", category="Care"), is_required=False, is_developed=True
    )
    assert reasons(volunteer, role)["DEVELOPED_SKILL"] == "You can learn Nursing, which is close to your First aid."


def test_past_causes_and_hosts_count_once_one_had_a_place(volunteer: User) -> None:
    animals, host = CauseFactory(name="Animals"), OpportunityHostFactory(organization_name="Shelter")
    past = OpportunityFactory(past=True, host=host, causes=[animals])
    ApplicationFactory(role__opportunity=past, volunteer=volunteer, status=ApplicationStatus.COMPLETED)
    same = RoleFactory(opportunity=OpportunityFactory(host=host, causes=[animals]))
    other = RoleFactory()
    assert role_ids(volunteer) == [same.pk, other.pk]
    assert reasons(volunteer, same)["PAST_CAUSE"] == "You took part for Animals once."
    assert reasons(volunteer, same)["KNOWN_HOST"] == "You held a slot with Shelter before."


def test_a_preferred_cause_counts_wherever_the_opportunity_is(volunteer: User) -> None:
    animals = CauseFactory(name="Animals")
    PreferredCauseFactory(user=volunteer, cause=animals)
    PreferredCauseFactory(cause=CauseFactory())
    long_ago = timezone.now() - timedelta(days=50)
    same = RoleFactory(opportunity=OpportunityFactory(causes=[animals], created_at=long_ago, **LOS_ANGELES))
    other = RoleFactory(opportunity=OpportunityFactory(created_at=long_ago, **LOS_ANGELES))
    assert role_ids(volunteer) == [same.pk, other.pk]
    assert reasons(volunteer, same)["PREFERRED_CAUSE"] == "It is for Animals, which you care about."
    assert "PREFERRED_CAUSE" not in reasons(volunteer, other)


@pytest.mark.parametrize(
    ("zip_code", "is_counted"),
    [("94110", True), ("10001", False), ("", False)],
    ids=["home", "far east", "no ZIP code"],
)
def test_what_is_at_a_free_time_comes_first_by_the_clocks_at_home(zip_code: str, is_counted: bool) -> None:
    """It is Saturday from 9:00 to 12:00 in San Francisco, and from noon in New York."""
    volunteer = UserFactory(
        zip_code=zip_code, profile__availability=merge([DaySlot(Weekday.SATURDAY, 9 * 60, 12 * 60)])
    )
    today = timezone.now().astimezone(zip_time_zone("94110")).replace(hour=9, minute=0)
    saturday = today + timedelta(days=7 + (5 - today.weekday()) % 7)
    sunday = saturday + timedelta(days=1)
    free, other = (
        RoleFactory(opportunity=OpportunityFactory(start_date=start, end_date=start + timedelta(hours=3)))
        for start in (saturday, sunday)
    )
    assert set(role_ids(volunteer)) == {free.pk, other.pk}
    told = reasons(volunteer, free)
    assert told.get("AVAILABLE") == ("You are free at that time." if is_counted else None)
    assert "AVAILABLE" not in reasons(volunteer, other)
    if is_counted:
        assert role_ids(volunteer)[0] == free.pk


def test_a_declined_application_is_no_habit(volunteer: User) -> None:
    animals = CauseFactory()
    past = OpportunityFactory(past=True, causes=[animals])
    ApplicationFactory(role__opportunity=past, volunteer=volunteer, status=ApplicationStatus.DECLINED)
    role = RoleFactory(opportunity=OpportunityFactory(host=past.host, causes=[animals]))
    assert not {"PAST_CAUSE", "KNOWN_HOST"} & set(reasons(volunteer, role))


@pytest.mark.parametrize(
    "fields",
    [
        {"opportunity__draft": True},
        {"opportunity__past": True},
        {"opportunity__status": OpportunityStatus.CANCELLED},
        {"opportunity__status": OpportunityStatus.OPEN, "opportunity__start_date": timezone.now() - timedelta(days=2)},
        {"opportunity__external": True},
        {"slots_available": 2, "slots_taken": 2},
    ],
    ids=["draft", "closed", "cancelled", "over but still open", "external", "full"],
)
def test_what_cannot_be_taken_by_anybody_is_left_out(volunteer: User, fields: dict[str, Any]) -> None:
    RoleFactory(**fields)
    open_one = RoleFactory()
    assert role_ids(volunteer) == [open_one.pk]


@pytest.mark.parametrize("status", ["APPLIED", "WAITLISTED", "OFFERED", "ACCEPTED", "COMPLETED", "DECLINED"])
def test_what_one_applied_for_is_left_out(volunteer: User, status: str) -> None:
    role = RoleFactory()
    ApplicationFactory(role=role, volunteer=volunteer, status=ApplicationStatus(status))
    assert role.pk not in role_ids(volunteer)
    assert role.pk in role_ids(UserFactory())


def test_what_one_withdrew_from_is_shown_again(volunteer: User) -> None:
    application = ApplicationFactory(volunteer=volunteer, status=ApplicationStatus.WITHDRAWN)
    assert role_ids(volunteer) == [application.role_id]


def test_what_meets_an_accepted_place_is_left_out(volunteer: User) -> None:
    mine = ApplicationFactory(volunteer=volunteer, status=ApplicationStatus.ACCEPTED).role.opportunity
    RoleFactory(opportunity=OpportunityFactory(start_date=mine.end_date - timedelta(minutes=1)))
    after = RoleFactory(opportunity=OpportunityFactory(start_date=mine.end_date))
    assert role_ids(volunteer) == [after.pk]


def test_ones_own_organizations_are_left_out_once_the_invitation_is_accepted(volunteer: User) -> None:
    volunteer.user_type = UserType.BOTH
    run, invited = RoleFactory(), RoleFactory()
    HostMembershipFactory(host=run.opportunity.host, user=volunteer, role=MembershipRole.COORDINATOR)
    HostMembershipFactory(host=invited.opportunity.host, user=volunteer, accepted_at=None)
    assert role_ids(volunteer) == [invited.pk]


def test_a_course_and_a_verification_must_be_had(volunteer: User) -> None:
    course = CourseFactory(title="Food safety")
    taught = RoleFactory()
    taught.required_courses.add(course)
    checked = RoleFactory(required_verifications=[VerificationKind.BACKGROUND_CHECK])
    assert role_ids(volunteer) == []
    EnrollmentFactory(
        user=volunteer, course=course, completion_status=CompletionStatus.COMPLETED, completed_at=timezone.now()
    )
    assert reasons(volunteer, taught)["REQUIREMENT_MET"] == "You finished Food safety, which it asks for."
    VerificationCaseFactory(user=volunteer, kind=VerificationKind.BACKGROUND_CHECK, status=VerificationStatus.APPROVED)
    assert set(role_ids(volunteer)) == {taught.pk, checked.pk}


def test_who_is_here_to_host_only_is_told_of_nothing() -> None:
    RoleFactory()
    assert role_ids(UserFactory(hosting=True)) == []


def test_of_each_opportunity_the_best_role_is_shown(volunteer: User) -> None:
    skill, opportunity = SkillFactory(), OpportunityFactory()
    UserSkillFactory(user=volunteer, skill=skill)
    asking(opportunity=opportunity)
    fitting = asking(skill, opportunity=opportunity)
    asking(SkillFactory(), opportunity=opportunity)
    assert role_ids(volunteer) == [fitting.pk]


def test_no_host_fills_the_first_ten_while_others_offer_something(volunteer: User) -> None:
    big = OpportunityHostFactory()
    of_big = {RoleFactory(opportunity=OpportunityFactory(host=big)).pk for _ in range(6)}
    others = {RoleFactory(opportunity=OpportunityFactory(**LOS_ANGELES)).pk for _ in range(8)}
    ten = role_ids(volunteer, first=10)
    assert len(of_big & set(ten)) == 3
    assert len(others & set(ten)) == 7
    assert set(role_ids(volunteer)) == of_big | others


def test_somebody_of_whom_nothing_is_known_sees_what_is_new_and_wanted() -> None:
    newcomer = UserFactory(zip_code="")
    old = RoleFactory(opportunity__created_at=timezone.now() - timedelta(days=100))
    new, wanted = RoleFactory(), RoleFactory()
    for _ in range(5):
        ApplicationFactory(role=wanted)
    assert role_ids(newcomer) == [wanted.pk, new.pk, old.pk]
    told = reasons(newcomer, wanted)
    assert told["POPULAR"] == "5 people applied in the last 14 days."
    assert told["NEW_HERE"].startswith("You have not said yet what you can do or where you live")


def test_a_skill_added_and_an_application_made_show_at_once(volunteer: User) -> None:
    skill = SkillFactory()
    role, other = asking(skill), RoleFactory()
    assert role_ids(volunteer) == [other.pk, role.pk]
    UserSkillFactory(user=volunteer, skill=skill, proficiency_level=5)
    assert role_ids(volunteer) == [role.pk, other.pk]
    ApplicationFactory(role=role, volunteer=volunteer)
    assert role_ids(volunteer) == [other.pk]


def test_a_role_that_is_full_closed_or_moved_since_is_fresh_in_the_next_answer(volunteer: User) -> None:
    role = RoleFactory()
    assert role_ids(volunteer) == [role.pk]
    opportunity = role.opportunity
    opportunity.latitude, opportunity.longitude = LOS_ANGELES["latitude"], LOS_ANGELES["longitude"]
    opportunity.save()
    assert "DISTANCE" not in reasons(volunteer, role)
    Role.objects.filter(pk=role.pk).update(slots_taken=5)
    assert role_ids(volunteer) == []


def test_more_roles_cost_no_more_statements(volunteer: User) -> None:
    def grow() -> None:
        skill, cause = SkillFactory(), CauseFactory()
        UserSkillFactory(user=volunteer, skill=skill)
        PreferredCauseFactory(user=volunteer)
        past = OpportunityFactory(past=True, causes=[cause])
        ApplicationFactory(role__opportunity=past, volunteer=volunteer, status=ApplicationStatus.COMPLETED)
        role = asking(skill, opportunity=OpportunityFactory(causes=[cause]))
        ApplicationFactory(role=role)
        asking(opportunity=OpportunityFactory(remote=True))

    grow()
    recommended(volunteer)  # counts what is trending, for an hour
    few = statements_of(lambda: recommended(volunteer))
    for _ in range(6):
        grow()
    many = statements_of(lambda: recommended(volunteer))
    assert len(recommended(volunteer)) == 14
    assert len(many) == len(few)
