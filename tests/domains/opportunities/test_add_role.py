"""Adding a role to an opportunity."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.opportunities import services
from domains.opportunities.models import Opportunity, OpportunityStatus
from domains.opportunities.services import RoleDraft, RoleSkillDraft
from domains.verification.models import VerificationKind
from tests.factories import CourseFactory, OpportunityFactory, RoleFactory, SkillFactory, UserFactory, owner_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db

WADER = RoleDraft("Wader", 2)


def problems(opportunity: Opportunity, actor: User | None = None, **changes: Any) -> set[tuple[str | None, str]]:
    actor = actor or owner_of(opportunity.host)
    before = rows_of("opportunities")
    with pytest.raises(Refused) as refused:
        services.add_role(actor=actor, opportunity_id=opportunity.pk, draft=replace(WADER, **changes))
    assert rows_of("opportunities") == before
    return {(problem.field, str(problem.code)) for problem in refused.value.problems}


@pytest.mark.parametrize("status", [OpportunityStatus.DRAFT, OpportunityStatus.OPEN])
def test_a_role_is_added_with_all_that_it_asks_for(status: OpportunityStatus) -> None:
    opportunity, skill = OpportunityFactory(status=status), SkillFactory()
    courses = [CourseFactory(), CourseFactory()]
    role = services.add_role(
        actor=owner_of(opportunity.host),
        opportunity_id=opportunity.pk,
        draft=RoleDraft(
            " Wader ",
            2,
            description=" In the water. ",
            requires_approval=False,
            skills=[RoleSkillDraft(skill.pk)],
            required_course_ids=[course.pk for course in courses],
            required_verifications=[VerificationKind.BACKGROUND_CHECK, VerificationKind.BACKGROUND_CHECK],
        ),
    )
    role.refresh_from_db()
    assert (role.opportunity, role.title, role.description) == (opportunity, "Wader", "In the water.")
    assert (role.slots_available, role.slots_taken, role.requires_approval) == (2, 0, False)
    assert list(role.role_skills.values_list("skill", "is_required")) == [(skill.pk, True)]
    assert list(role.required_courses.order_by("pk")) == courses
    assert role.required_verifications == ["BACKGROUND_CHECK"]


def test_all_wrong_values_are_named_at_once() -> None:
    course, hidden = CourseFactory(), CourseFactory(is_published=False)
    assert problems(
        OpportunityFactory(),
        title="W",
        slots_available=0,
        description="x" * 5001,
        skills=[RoleSkillDraft(0)],
        required_course_ids=[course.pk, course.pk, 0, hidden.pk],
    ) == {
        ("title", "TOO_SHORT"),
        ("slots_available", "INVALID"),
        ("description", "TOO_LONG"),
        ("skills.0.skill_id", "NOT_FOUND"),
        ("required_course_ids.1", "DUPLICATE"),
        ("required_course_ids.2", "NOT_FOUND"),
        ("required_course_ids.3", "NOT_FOUND"),
    }
    assert problems(OpportunityFactory(), required_course_ids=[course.pk] * 21) == {("required_course_ids", "TOO_LONG")}


def test_what_takes_no_applications_gets_no_roles_and_none_gets_more_than_fifty() -> None:
    for status in (OpportunityStatus.CLOSED, OpportunityStatus.CANCELLED):
        assert problems(OpportunityFactory(status=status)) == {("opportunity_id", "CONFLICT")}
    full = OpportunityFactory()
    RoleFactory.create_batch(50, opportunity=full)
    assert problems(full) == {("opportunity_id", "TOO_LONG")}


def test_others_may_not_add_roles() -> None:
    for actor in (UserFactory(), UserFactory(overseer=True)):
        assert problems(OpportunityFactory(), actor) == {(None, "FORBIDDEN")}
    assert problems(OpportunityFactory(draft=True), UserFactory()) == {("opportunity_id", "NOT_FOUND")}
