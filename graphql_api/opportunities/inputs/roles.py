"""Inputs of the mutations of roles."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from domains.opportunities.services import RoleChanges, RoleDraft, RoleSkillDraft
from domains.opportunities.services.role_drafts import MAX_COURSES_PER_ROLE, MAX_SKILLS_PER_ROLE
from graphql_api.checks.input_limits import list_field
from graphql_api.relay.ids import known_or_nobody
from graphql_api.verification.types import VerificationKind

TITLE = "Title of the role, 3 to 200 characters."
DESCRIPTION = "Description of what volunteers do in the role, at most 5,000 characters."
SLOTS = "Total number of slots, 1 to 100,000."
APPROVAL = (
    "Whether a coordinator decides about applications. If false, a volunteer who applies gets a free slot at once."
)
COURSES = "IDs of the courses that volunteers must have completed for this role."
VERIFICATIONS = "Verifications that volunteers must have."
#: There are fewer kinds, but a client may name one twice.
MAX_VERIFICATIONS = 10


@strawberry.input(description="A skill that a role requires, develops, or both.")
class RoleSkillInput:
    """A skill that the role requires or develops."""

    skill_id: strawberry.ID = strawberry.field(description="ID of the skill.")
    is_required: bool | None = strawberry.field(
        description="Whether volunteers need the skill for the role; by default true unless the role develops the "
        "skill.",
        default=None,
    )
    is_developed: bool = strawberry.field(description="Whether volunteers learn the skill in the role.", default=False)

    def draft(self) -> RoleSkillDraft:
        """Return the domain's value."""
        return RoleSkillDraft(
            skill_id=known_or_nobody(self.skill_id, "Skill"),
            is_required=self.is_required,
            is_developed=self.is_developed,
        )


def _courses(ids: Sequence[strawberry.ID]) -> list[int]:
    return [known_or_nobody(one, "Course") for one in ids]


@strawberry.input(description="A role that volunteers can apply for.")
class RoleInput:
    """A new role."""

    title: str = strawberry.field(description=TITLE)
    slots_available: int = strawberry.field(description=SLOTS)
    description: str = strawberry.field(description=DESCRIPTION, default="")
    requires_approval: bool = strawberry.field(description=APPROVAL, default=True)
    skills: list[RoleSkillInput] = list_field(
        MAX_SKILLS_PER_ROLE, "Skills that the role requires or develops.", service_answers=True, default_factory=list
    )
    required_course_ids: list[strawberry.ID] = list_field(
        MAX_COURSES_PER_ROLE, COURSES, service_answers=True, default_factory=list
    )
    required_verifications: list[VerificationKind] = list_field(
        MAX_VERIFICATIONS, VERIFICATIONS, service_answers=True, default_factory=list
    )

    def draft(self) -> RoleDraft:
        """Return the domain's value."""
        return RoleDraft(
            title=self.title,
            slots_available=self.slots_available,
            description=self.description,
            requires_approval=self.requires_approval,
            skills=[skill.draft() for skill in self.skills],
            required_course_ids=_courses(self.required_course_ids),
            required_verifications=self.required_verifications,
        )


@strawberry.input(description="Input of `addRole`.")
class AddRoleInput(RoleInput):
    """A new role of an existing opportunity."""

    opportunity_id: strawberry.ID = strawberry.field(description="ID of a draft or an open opportunity.")


@strawberry.input(
    description="Input of `updateRole`. A field that is left out or null stays as it is; a list replaces the existing "
    "one."
)
class UpdateRoleInput:
    """Changes of a role."""

    role_id: strawberry.ID = strawberry.field(description="ID of the role to change.")
    title: str | None = strawberry.field(description=TITLE, default=None)
    slots_available: int | None = strawberry.field(
        description="Total number of slots, at most 100,000 and at least as many as are taken.", default=None
    )
    description: str | None = strawberry.field(description=DESCRIPTION, default=None)
    requires_approval: bool | None = strawberry.field(description=APPROVAL, default=None)
    skills: list[RoleSkillInput] | None = list_field(
        MAX_SKILLS_PER_ROLE, "All skills that the role requires or develops.", service_answers=True, default=None
    )
    required_course_ids: list[strawberry.ID] | None = list_field(
        MAX_COURSES_PER_ROLE, COURSES, service_answers=True, default=None
    )
    required_verifications: list[VerificationKind] | None = list_field(
        MAX_VERIFICATIONS, VERIFICATIONS, service_answers=True, default=None
    )

    def changes(self) -> RoleChanges:
        """Return the domain's value."""
        return RoleChanges(
            title=self.title,
            slots_available=self.slots_available,
            description=self.description,
            requires_approval=self.requires_approval,
            skills=None if self.skills is None else [skill.draft() for skill in self.skills],
            required_course_ids=None if self.required_course_ids is None else _courses(self.required_course_ids),
            required_verifications=self.required_verifications,
        )
