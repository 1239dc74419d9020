"""A host is told of adults who could apply, by what they show in public and roughly where they live."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domains.accounts.models import User, UserType
from domains.base.errors import NotAllowed, NotFound
from domains.base.week import MINUTES_OF_WEEK
from domains.opportunities.models import ApplicationStatus, MembershipRole, OpportunityStatus, Role
from domains.opportunities.selectors import RecommendedVolunteer, find_recommended_volunteers
from tests.factories import (
    ApplicationFactory,
    BlockFactory,
    CauseFactory,
    HostMembershipFactory,
    OpportunityHostFactory,
    PreferredCauseFactory,
    RoleFactory,
    RoleSkillFactory,
    SkillFactory,
    UserFactory,
    UserSkillFactory,
    owner_of,
)
from tests.midsummer import YEAR
from tests.sql import statements_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("midsummer")]


@pytest.fixture
def role() -> Role:
    """A role in 94110 that asks for carpentry."""
    return RoleSkillFactory(skill__name="Carpentry").role


def skilled(role: Role, level: int = 3, **fields: Any) -> User:
    """Return somebody who has the role's skills."""
    person = UserFactory(**fields)
    for wanted in role.role_skills.all():
        UserSkillFactory(user=person, skill=wanted.skill, proficiency_level=level)
    return person


def recommended(role: Role, first: int = 50) -> list[RecommendedVolunteer]:
    viewer = owner_of(role.opportunity.host)
    return find_recommended_volunteers(viewer=viewer, role_id=role.pk, first=first)


def ids(role: Role) -> list[int]:
    return [one.user_id for one in recommended(role)]


def test_the_better_and_the_nearer_come_first_each_with_the_reasons(role: Role) -> None:
    far, near, expert = skilled(role, zip_code="90012"), skilled(role, zip_code="94601"), skilled(role, level=5)
    neighbour = UserFactory()
    assert ids(role) == [expert.pk, near.pk, far.pk]
    assert neighbour.pk not in ids(role)  # nothing but what is missing and where they live: less than nothing
    told = [reason.message for reason in recommended(role)[1].match.reasons]
    assert told == ["Has Carpentry at level 3 of 5.", "Lives within 25 km."]


def test_a_confirmed_skill_counts_for_more(role: Role) -> None:
    said, confirmed = skilled(role), skilled(role)
    confirmed.skills.update(is_verified=True)
    assert ids(role) == [confirmed.pk, said.pk]


def test_no_reason_tells_more_of_a_home_than_ten_km(role: Role) -> None:
    for zip_code in ("94110", "94103", "94601", "95112", "93721", "10001", ""):
        skilled(role, zip_code=zip_code)
    told = [reason.message for one in recommended(role) for reason in one.match.reasons]
    assert {text for text in told if "km" in text} == {
        "Lives within 10 km.",
        "Lives within 25 km.",
        "Lives within 100 km.",
    }
    assert not [text for text in told if re.search(r"\d{5}|-?\d+\.\d+", text)]


def told_of(role: Role, person: User) -> set[str]:
    """Return the factors of this person's reasons; nothing if the list leaves them out."""
    return {reason.code.value for one in recommended(role) if one.user_id == person.pk for reason in one.match.reasons}


@pytest.mark.parametrize("audience", ["EVERYONE", "MEMBERS", "CONTACTS", "ONLY_ME"])
def test_only_what_all_members_are_shown_counts(role: Role, audience: str) -> None:
    cause, opportunity = CauseFactory(), role.opportunity
    opportunity.causes.add(cause)
    person = skilled(
        role,
        profile__availability=[[0, MINUTES_OF_WEEK]],
        profile__visibility=dict.fromkeys(("SKILLS", "CAUSES", "AVAILABILITY"), audience),
    )
    PreferredCauseFactory(user=person, cause=cause)
    # An application to the organization makes its coordinators contacts, which changes nothing here.
    ApplicationFactory(volunteer=person, role__opportunity__host=opportunity.host)
    shown = {"REQUIRED_SKILL", "PREFERRED_CAUSE", "AVAILABLE", "DISTANCE"}
    assert told_of(role, person) == (shown if audience in {"EVERYONE", "MEMBERS"} else set())


def test_people_without_a_profile_are_recommended_too(role: Role) -> None:
    person = skilled(role, profile=None)
    assert told_of(role, person) == {"REQUIRED_SKILL", "DISTANCE"}


def test_a_hidden_skill_finds_nobody() -> None:
    """The role only develops the skill, so that everybody who lives nearby would be listed."""
    role = RoleSkillFactory(is_required=False, is_developed=True).role
    near, far = (
        skilled(role, zip_code=zip_code, profile__visibility={"SKILLS": "ONLY_ME"}) for zip_code in ("94110", "")
    )
    shown = skilled(role, zip_code="")
    assert ids(role) == [near.pk, shown.pk]
    assert told_of(role, near) == {"NO_SKILL_NEEDED", "DISTANCE"}
    assert far.pk not in ids(role)


@pytest.mark.parametrize(
    "fields",
    [
        {"profile__birth_year": YEAR - 17},
        {"profile__birth_year": YEAR - 18},
        {"unverified": True},
        {"is_active": False},
        {"user_type": UserType.HOST},
    ],
    ids=["a child", "perhaps a child", "unproved address", "closed account", "host only"],
)
def test_some_people_are_told_of_to_nobody(role: Role, fields: dict[str, Any]) -> None:
    skilled(role, **fields)
    adult, unknown = skilled(role, profile__birth_year=YEAR - 19), skilled(role, profile__birth_year=None)
    assert set(ids(role)) == {adult.pk, unknown.pk}


@pytest.mark.parametrize("status", ["APPLIED", "ACCEPTED", "DECLINED", "WITHDRAWN"])
def test_who_applied_ever_is_left_out(role: Role, status: str) -> None:
    applied, other = skilled(role), skilled(role)
    ApplicationFactory(role=role, volunteer=applied, status=ApplicationStatus(status))
    assert ids(role) == [other.pk]


def test_who_blocks_the_asking_member_and_whom_they_block_are_left_out(role: Role) -> None:
    viewer = owner_of(role.opportunity.host)
    blocks, is_blocked, other = skilled(role), skilled(role), skilled(role)
    BlockFactory(blocker=blocks, blocked=viewer)
    BlockFactory(blocker=viewer, blocked=is_blocked)
    BlockFactory(blocker=other)
    assert ids(role) == [other.pk]


def test_the_organization_s_own_people_are_left_out(role: Role) -> None:
    scanner = skilled(role, user_type=UserType.BOTH)
    HostMembershipFactory(host=role.opportunity.host, user=scanner, role=MembershipRole.SCANNER)
    assert ids(role) == []


def test_a_role_that_asks_for_nothing_is_for_the_neighbours() -> None:
    role = RoleFactory()
    far, near = UserFactory(zip_code="90012"), UserFactory(zip_code="94110")
    assert ids(role) == [near.pk]
    remote = RoleFactory(opportunity__remote=True)
    assert set(ids(remote)) == {near.pk, far.pk, owner_of(role.opportunity.host).pk} - {
        person.pk for person in User.objects.filter(user_type=UserType.HOST)
    }


@pytest.mark.parametrize("status", [OpportunityStatus.CLOSED, OpportunityStatus.CANCELLED])
def test_once_it_is_over_nobody_is_recommended(role: Role, status: OpportunityStatus) -> None:
    skilled(role)
    role.opportunity.status = status
    role.opportunity.save()
    assert ids(role) == []


def test_those_who_do_not_run_the_host_are_refused(role: Role) -> None:
    scanner = HostMembershipFactory(host=role.opportunity.host, role=MembershipRole.SCANNER).user
    invited = HostMembershipFactory(host=role.opportunity.host, accepted_at=None).user
    for viewer in (
        UserFactory(),
        owner_of(OpportunityHostFactory()),
        scanner,
        invited,
        UserFactory(overseer=True),
    ):
        assert viewer
        with pytest.raises(NotAllowed):
            find_recommended_volunteers(viewer=viewer, role_id=role.pk, first=10)


def test_a_draft_of_somebody_else_and_no_role_at_all_look_the_same() -> None:
    draft = RoleFactory(opportunity__draft=True)
    for role_id in (draft.pk, 0):
        with pytest.raises(NotFound):
            find_recommended_volunteers(viewer=UserFactory(), role_id=role_id, first=10)
    assert len(ids(draft)) == 2


def test_more_people_and_skills_cost_no_more_statements(role: Role) -> None:
    skilled(role)
    owner_of(role.opportunity.host)
    cause = CauseFactory()
    role.opportunity.causes.add(cause)
    few = statements_of(lambda: recommended(role))
    for _ in range(5):
        RoleSkillFactory(role=role, skill=SkillFactory())
        PreferredCauseFactory(user=skilled(role, profile__visibility={"AVAILABILITY": "EVERYONE"}), cause=cause)
    many = statements_of(lambda: recommended(role))
    assert len(recommended(role)) == 6
    assert len(many) == len(few)
