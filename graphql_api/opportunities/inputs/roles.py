"""What the acts on roles take."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from domains.opportunities.services import RoleChanges, RoleDraft, RoleSkillDraft
from domains.opportunities.services.role_drafts import MAX_COURSES_PER_ROLE, MAX_SKILLS_PER_ROLE
from graphql_api.checks.input_limits import list_field
from graphql_api.relay.ids import known_or_nobody
from graphql_api.verification.types import VerificationKind

TITLE = "3 to 200 characters."
DESCRIPTION = "What one does in it, at most 5,000 characters."
SLOTS = "How many places there are, at least 1."
APPROVAL = "Whether a coordinator decides; without it, whoever applies has a place."
COURSES = "The courses that volunteers must have completed."
VERIFICATIONS = "What must be verified about volunteers."
#: There are fewer kinds; one may be named twice, and more than this is as good as all.
MAX_VERIFICATIONS = 10


@strawberry.input(description="A skill in a role.")
class RoleSkillInput:
    """What the role asks for or teaches."""

    skill_id: strawberry.ID = strawberry.field(description="The skill.")
    is_required: bool | None = strawberry.field(
        description="Whether volunteers need it; without a word, yes unless the role develops it.", default=None
    )
    is_developed: bool = strawberry.field(description="Whether volunteers learn it.", default=False)

    def draft(self) -> RoleSkillDraft:
        """Return it as the domain knows it."""
        return RoleSkillDraft(
            skill_id=known_or_nobody(self.skill_id, "Skill"),
            is_required=self.is_required,
            is_developed=self.is_developed,
        )


def _courses(ids: Sequence[strawberry.ID]) -> list[int]:
    return [known_or_nobody(one, "Course") for one in ids]


@strawberry.input(description="A part that volunteers play.")
class RoleInput:
    """A new role."""

    title: str = strawberry.field(description=TITLE)
    slots_available: int = strawberry.field(description=SLOTS)
    description: str = strawberry.field(description=DESCRIPTION, default="")
    requires_approval: bool = strawberry.field(description=APPROVAL, default=True)
    skills: list[RoleSkillInput] = list_field(
        MAX_SKILLS_PER_ROLE, "The skills it requires and develops.", service_answers=True, default_factory=list
    )
    required_course_ids: list[strawberry.ID] = list_field(
        MAX_COURSES_PER_ROLE, COURSES, service_answers=True, default_factory=list
    )
    required_verifications: list[VerificationKind] = list_field(
        MAX_VERIFICATIONS, VERIFICATIONS, service_answers=True, default_factory=list
    )

    def draft(self) -> RoleDraft:
        """Return it as the domain knows it."""
        return RoleDraft(
            title=self.title,
            slots_available=self.slots_available,
            description=self.description,
            requires_approval=self.requires_approval,
            skills=[skill.draft() for skill in self.skills],
            required_course_ids=_courses(self.required_course_ids),
            required_verifications=self.required_verifications,
        )


@strawberry.input(description="What `addRole` takes.")
class AddRoleInput(RoleInput):
    """A new role of an opportunity that is there."""

    opportunity_id: strawberry.ID = strawberry.field(description="The opportunity, a draft or open.")


@strawberry.input(
    description="What `updateRole` takes; what is left out or null stays, a list replaces the one there is."
)
class UpdateRoleInput:
    """What a role is from now on."""

    role_id: strawberry.ID = strawberry.field(description="The role.")
    title: str | None = strawberry.field(description=TITLE, default=None)
    slots_available: int | None = strawberry.field(
        description="How many places there are, at least those that are taken.", default=None
    )
    description: str | None = strawberry.field(description=DESCRIPTION, default=None)
    requires_approval: bool | None = strawberry.field(description=APPROVAL, default=None)
    skills: list[RoleSkillInput] | None = list_field(
        MAX_SKILLS_PER_ROLE, "All the skills it requires and develops.", service_answers=True, default=None
    )
    required_course_ids: list[strawberry.ID] | None = list_field(
        MAX_COURSES_PER_ROLE, COURSES, service_answers=True, default=None
    )
    required_verifications: list[VerificationKind] | None = list_field(
        MAX_VERIFICATIONS, VERIFICATIONS, service_answers=True, default=None
    )

    def changes(self) -> RoleChanges:
        """Return it as the domain knows it."""
        return RoleChanges(
            title=self.title,
            slots_available=self.slots_available,
            description=self.description,
            requires_approval=self.requires_approval,
            skills=None if self.skills is None else [skill.draft() for skill in self.skills],
            required_course_ids=None if self.required_course_ids is None else _courses(self.required_course_ids),
            required_verifications=self.required_verifications,
        )
