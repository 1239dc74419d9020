"""Changing a role."""

from __future__ import annotations

from typing import Any

import pytest

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.opportunities import services
from domains.opportunities.models import ApplicationStatus, OpportunityStatus, Role
from domains.opportunities.services import RoleChanges, RoleSkillDraft
from domains.verification.models import VerificationKind
from tests.factories import (
    ApplicationFactory,
    CourseFactory,
    RoleFactory,
    RoleSkillFactory,
    SkillFactory,
    UserFactory,
    owner_of,
)
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


def update(role: Role, actor: User | None = None, **changes: Any) -> Role:
    actor = actor or owner_of(role.opportunity.host)
    services.update_role(actor=actor, role_id=role.pk, changes=RoleChanges(**changes))
    return Role.objects.get(pk=role.pk)


def refused_with(role: Role, actor: User | None = None, **changes: Any) -> dict[str | None, tuple[str, str]]:
    actor = actor or owner_of(role.opportunity.host)
    before = rows_of("opportunities", "base")
    with pytest.raises(Refused) as refused:
        update(role, actor, **changes)
    assert rows_of("opportunities", "base") == before
    return {problem.field: (str(problem.code), problem.message) for problem in refused.value.problems}


def test_what_is_named_changes_and_all_else_stays() -> None:
    role = RoleFactory(description="Dig.", required_verifications=["IDENTITY"])
    skill, course = RoleSkillFactory(role=role).skill, CourseFactory()
    role.required_courses.add(course)
    changed = update(role, title=" Wader ", slots_available=7, requires_approval=False)
    assert (changed.title, changed.slots_available, changed.requires_approval) == ("Wader", 7, False)
    assert (changed.description, changed.required_verifications) == ("Dig.", ["IDENTITY"])
    assert [one.skill for one in changed.role_skills.all()] == [skill]
    assert list(changed.required_courses.all()) == [course]


def test_a_list_that_is_given_replaces_the_one_there_was() -> None:
    role, new, course = RoleFactory(required_verifications=["IDENTITY"]), SkillFactory(), CourseFactory()
    kept = RoleSkillFactory(role=role).skill
    RoleSkillFactory(role=role)
    role.required_courses.add(CourseFactory())
    changed = update(
        role,
        skills=[RoleSkillDraft(kept.pk, is_developed=True), RoleSkillDraft(new.pk)],
        required_course_ids=[course.pk],
        required_verifications=[VerificationKind.BACKGROUND_CHECK],
    )
    assert list(changed.role_skills.order_by("pk").values_list("skill", "is_required", "is_developed")) == [
        (kept.pk, False, True),
        (new.pk, True, False),
    ]
    assert list(changed.required_courses.all()) == [course]
    assert changed.required_verifications == ["BACKGROUND_CHECK"]
    emptied = update(role, skills=[], required_course_ids=[], required_verifications=[])
    assert (emptied.role_skills.count(), emptied.required_courses.count(), emptied.required_verifications) == (0, 0, [])


def test_a_skill_that_was_merged_since_does_not_stand_in_the_way() -> None:
    role = RoleFactory()
    merged = RoleSkillFactory(role=role).skill
    merged.merged_into = SkillFactory()
    merged.save()
    assert update(role, title="Wader").title == "Wader"
    assert refused_with(role, skills=[RoleSkillDraft(merged.pk)]).keys() == {"skills.0.skill_id"}


def test_places_never_go_below_those_that_are_taken_and_the_refusal_names_the_number() -> None:
    role = RoleFactory(slots_available=5)
    for status in (ApplicationStatus.ACCEPTED, ApplicationStatus.OFFERED, ApplicationStatus.COMPLETED):
        ApplicationFactory(role=role, status=status)
    ApplicationFactory(role=role, status=ApplicationStatus.WAITLISTED)
    code, message = refused_with(role, slots_available=2)["slots_available"]
    assert (code, message.partition(" ")[0]) == ("CONFLICT", "3")
    changed = update(role, slots_available=3)
    assert (changed.slots_available, changed.slots_taken) == (3, 3)
    assert refused_with(role, slots_available=0)["slots_available"][0] == "INVALID"


def test_places_that_are_added_are_offered_to_those_who_wait_first_come_first() -> None:
    role = RoleFactory(slots_available=1)
    ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED)
    line = [ApplicationFactory(role=role, status=ApplicationStatus.WAITLISTED) for _ in range(4)]
    changed = update(role, slots_available=3)
    for application in line:
        application.refresh_from_db()
    offered, waits = ApplicationStatus.OFFERED, ApplicationStatus.WAITLISTED
    assert [application.status for application in line] == [offered, offered, waits, waits]
    assert (changed.slots_available, changed.slots_taken) == (3, 3)
    before = rows_of("opportunities")
    update(role, slots_available=3, title=role.title)
    assert rows_of("opportunities") == before


def test_all_wrong_values_are_named_at_once() -> None:
    role = RoleFactory()
    wrong = refused_with(
        role,
        title="",
        description="x" * 5001,
        slots_available=-1,
        skills=[RoleSkillDraft(0)],
        required_course_ids=[0],
    )
    assert {field: code for field, (code, _) in wrong.items()} == {
        "title": "REQUIRED",
        "description": "TOO_LONG",
        "slots_available": "INVALID",
        "skills.0.skill_id": "NOT_FOUND",
        "required_course_ids.0": "NOT_FOUND",
    }


def test_what_was_called_off_stays_as_it_was() -> None:
    role = RoleFactory(opportunity__status=OpportunityStatus.CANCELLED)
    assert refused_with(role, slots_available=9)["role_id"][0] == "CONFLICT"


def test_others_may_not_change_it_and_do_not_learn_of_drafts() -> None:
    role, draft = RoleFactory(), RoleFactory(opportunity__draft=True)
    for actor in (UserFactory(), UserFactory(overseer=True), owner_of(draft.opportunity.host)):
        assert refused_with(role, actor, title="Mine now")[None][0] == "FORBIDDEN"
    assert refused_with(draft, UserFactory(), title="Mine now")["role_id"][0] == "NOT_FOUND"
