"""A host's input for a role, the validation of it, and how it is stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

from domains.base.errors import Code, Problem
from domains.learning.models import Course
from domains.opportunities.models import Opportunity, Role, RoleSkill
from domains.opportunities.services.values import one_line, problems_of, problems_of_texts
from domains.skills.models import Skill
from domains.verification.models import VerificationKind

MAX_ROLES = 50
MAX_SKILLS_PER_ROLE = 50
MAX_COURSES_PER_ROLE = 20


@dataclass(frozen=True)
class RoleSkillDraft:
    """A skill that a role names; required by default, unless the role only develops it."""

    skill_id: int
    is_required: bool | None = None
    is_developed: bool = False

    def row(self, role: Role) -> RoleSkill:
        """Return the skill as a row of the role."""
        is_required = not self.is_developed if self.is_required is None else self.is_required
        return RoleSkill(role=role, skill_id=self.skill_id, is_required=is_required, is_developed=self.is_developed)


@dataclass(frozen=True)
class RoleDraft:
    """A role as a host writes it."""

    title: str
    slots_available: int
    description: str = ""
    requires_approval: bool = True
    skills: Sequence[RoleSkillDraft] = ()
    required_course_ids: Sequence[int] = ()
    required_verifications: Sequence[VerificationKind] = ()

    def row(self, opportunity: Opportunity) -> Role:
        """Return the role as a row of the opportunity."""
        return Role(
            opportunity=opportunity,
            title=one_line(self.title),
            description=self.description.strip(),
            slots_available=self.slots_available,
            requires_approval=self.requires_approval,
            required_verifications=[kind.value for kind in VerificationKind if kind in self.required_verifications],
        )


@dataclass(frozen=True)
class RoleChanges:
    """A host's changes to a role; None leaves a value unchanged, a given list replaces the existing one."""

    title: str | None = None
    slots_available: int | None = None
    description: str | None = None
    requires_approval: bool | None = None
    skills: Sequence[RoleSkillDraft] | None = None
    required_course_ids: Sequence[int] | None = None
    required_verifications: Sequence[VerificationKind] | None = None

    def applied_to(self, role: Role) -> RoleDraft:
        """Return the role with the changes, and only the given lists: unchanged lists are not checked again."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        now = RoleDraft(
            title=role.title,
            slots_available=role.slots_available,
            description=role.description,
            requires_approval=role.requires_approval,
            required_verifications=[VerificationKind(kind) for kind in role.required_verifications],
        )
        return replace(now, **{name: value for name, value in given.items() if value is not None})


def problems_of_roles(
    roles: Sequence[RoleDraft],
    opportunity: Opportunity,
    *,
    prefix: str = "roles.{number}.",
    before: Role | None = None,
) -> list[Problem]:
    """Return all problems of the roles; `before` is the old row of one. Fields begin with the prefix: `roles.0.`."""
    if len(roles) > MAX_ROLES:
        return [Problem(Code.TOO_LONG, f"An opportunity has at most {MAX_ROLES} roles.", "roles")]
    skills, courses = _known_skills(roles), _known_courses(roles)
    problems: list[Problem] = []
    for number, role in enumerate(roles):
        begins = prefix.format(number=number)
        row = role.row(opportunity)
        problems += problems_of(row, exclude={"opportunity"}, prefix=begins)
        problems += problems_of_texts(row, lines=["title"], prefix=begins, before=before)
        problems += _problems_of_skills(role, skills, begins)
        problems += _problems_of_courses(role, courses, begins)
    return problems


def problems_of_role(draft: RoleDraft, opportunity: Opportunity, *, before: Role | None = None) -> list[Problem]:
    """Return all problems of one role, `before` being the old row; its fields have no prefix."""
    return problems_of_roles([draft], opportunity, prefix="", before=before)


def store_roles(opportunity: Opportunity, drafts: Sequence[RoleDraft]) -> list[Role]:
    """Store the roles with their requirements; the caller has validated them."""
    roles = Role.objects.bulk_create(draft.row(opportunity) for draft in drafts)
    pairs = list(zip(roles, drafts, strict=True))
    RoleSkill.objects.bulk_create(skill.row(role) for role, draft in pairs for skill in draft.skills)
    through = Role.required_courses.through
    through.objects.bulk_create(
        through(role=role, course_id=course_id) for role, draft in pairs for course_id in draft.required_course_ids
    )
    return roles


def _known_skills(roles: Sequence[RoleDraft]) -> set[int]:
    wanted = {skill.skill_id for role in roles for skill in role.skills[:MAX_SKILLS_PER_ROLE]}
    return set(Skill.objects.visible_to(None).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()


def _known_courses(roles: Sequence[RoleDraft]) -> set[int]:
    wanted = {course_id for role in roles for course_id in role.required_course_ids[:MAX_COURSES_PER_ROLE]}
    return set(Course.objects.visible_to(None).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()


def _problems_of_skills(draft: RoleDraft, known: set[int], prefix: str) -> Iterable[Problem]:
    if len(draft.skills) > MAX_SKILLS_PER_ROLE:
        yield Problem(Code.TOO_LONG, f"A role names at most {MAX_SKILLS_PER_ROLE} skills.", f"{prefix}skills")
        return
    seen: set[int] = set()
    for number, skill in enumerate(draft.skills):
        field = f"{prefix}skills.{number}."
        if skill.skill_id not in known:
            yield Problem(Code.NOT_FOUND, "There is no such skill.", f"{field}skill_id")
        elif skill.skill_id in seen:
            yield Problem(Code.DUPLICATE, "This role names the skill twice.", f"{field}skill_id")
        row = skill.row(Role())
        if not (row.is_required or row.is_developed):
            yield Problem(
                Code.INVALID, "Say that the role requires the skill, develops it, or both.", f"{field}is_required"
            )
        seen.add(skill.skill_id)


def _problems_of_courses(draft: RoleDraft, known: set[int], prefix: str) -> Iterable[Problem]:
    field = f"{prefix}required_course_ids"
    if len(draft.required_course_ids) > MAX_COURSES_PER_ROLE:
        yield Problem(Code.TOO_LONG, f"A role requires at most {MAX_COURSES_PER_ROLE} courses.", field)
        return
    seen: set[int] = set()
    for number, course_id in enumerate(draft.required_course_ids):
        if course_id not in known:
            yield Problem(Code.NOT_FOUND, "There is no such course.", f"{field}.{number}")
        elif course_id in seen:
            yield Problem(Code.DUPLICATE, "This role requires the course twice.", f"{field}.{number}")
        seen.add(course_id)
