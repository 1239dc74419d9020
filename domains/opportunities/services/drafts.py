"""What a host writes about an opportunity and its roles, and what may be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domains.accounts.models import User
from domains.base.errors import Code, Problem
from domains.geo.selectors import zip_centroid
from domains.opportunities.models import Cause, Opportunity, OpportunityKind, Role, RoleSkill
from domains.opportunities.selectors import is_sensible_time
from domains.opportunities.services.values import one_line, problems_of
from domains.skills.models import Skill

MAX_ROLES = 50
MAX_SKILLS_PER_ROLE = 50
MAX_CAUSES = 20


@dataclass(frozen=True)
class RoleSkillDraft:
    """A skill that a role asks for; required unless it is said to be developed only."""

    skill_id: int
    is_required: bool | None = None
    is_developed: bool = False

    def row(self, role: Role) -> RoleSkill:
        """Return it as a row of the role."""
        is_required = not self.is_developed if self.is_required is None else self.is_required
        return RoleSkill(role=role, skill_id=self.skill_id, is_required=is_required, is_developed=self.is_developed)


@dataclass(frozen=True)
class RoleDraft:
    """A part that volunteers play."""

    title: str
    slots_available: int
    description: str = ""
    requires_approval: bool = True
    skills: Sequence[RoleSkillDraft] = ()

    def row(self, opportunity: Opportunity) -> Role:
        """Return it as a row of the opportunity."""
        return Role(
            opportunity=opportunity,
            title=one_line(self.title),
            description=self.description.strip(),
            slots_available=self.slots_available,
            requires_approval=self.requires_approval,
        )


@dataclass(frozen=True)
class OpportunityDraft:
    """An opportunity with its roles."""

    title: str
    description: str
    start_date: datetime
    end_date: datetime
    kind: OpportunityKind = OpportunityKind.SIGN_UP
    impact_statement: str = ""
    location_text: str = ""
    location_zip: str = ""
    is_remote: bool = False
    cause_ids: Sequence[int] = ()
    roles: Sequence[RoleDraft] = ()

    def row(self, *, host_id: int, created_by: User) -> Opportunity:
        """Return it as a row; its place is the middle of its ZIP code."""
        place = None if self.is_remote else zip_centroid(self.location_zip.strip())
        latitude, longitude = place or (None, None)
        return Opportunity(
            host_id=host_id,
            created_by=created_by,
            kind=self.kind,
            title=one_line(self.title),
            description=self.description.strip(),
            impact_statement=self.impact_statement.strip(),
            start_date=self.start_date,
            end_date=self.end_date,
            location_text=one_line(self.location_text),
            location_zip=self.location_zip.strip(),
            latitude=latitude,
            longitude=longitude,
            is_remote=self.is_remote,
        )


def problems_of_draft(draft: OpportunityDraft, row: Opportunity) -> list[Problem]:
    """Return all that is wrong with an opportunity and its roles, each problem with its field."""
    times = _problems_of_times(row.start_date, row.end_date)
    # A time that cannot be one cannot be cleaned either.
    exclude = {"host", "created_by", *(["start_date", "end_date"] if times else [])}
    return [
        *_problems_of_kind(draft.kind),
        *problems_of(row, exclude=exclude),
        *times,
        *_problems_of_causes(draft.cause_ids),
        *problems_of_roles(draft.roles, row),
    ]


def problems_of_roles(roles: Sequence[RoleDraft], opportunity: Opportunity) -> list[Problem]:
    """Return all that is wrong with the roles; their fields begin with `roles.0`."""
    if len(roles) > MAX_ROLES:
        return [Problem(Code.TOO_LONG, f"An opportunity has at most {MAX_ROLES} roles.", "roles")]
    known = _known_skills(roles)
    return [
        problem
        for number, role in enumerate(roles)
        for problem in _problems_of_role(role, opportunity, known, f"roles.{number}.")
    ]


def _known_skills(roles: Sequence[RoleDraft]) -> set[int]:
    wanted = {skill.skill_id for role in roles for skill in role.skills[:MAX_SKILLS_PER_ROLE]}
    return set(Skill.objects.visible_to(None).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()


def _problems_of_role(draft: RoleDraft, opportunity: Opportunity, known: set[int], prefix: str) -> Iterable[Problem]:
    role = draft.row(opportunity)
    yield from problems_of(role, exclude={"opportunity"}, prefix=prefix)
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
        row = skill.row(role)
        if not (row.is_required or row.is_developed):
            yield Problem(
                Code.INVALID, "Say that the role requires the skill, develops it, or both.", f"{field}is_required"
            )
        seen.add(skill.skill_id)


def _problems_of_kind(kind: OpportunityKind) -> list[Problem]:
    if kind != OpportunityKind.EXTERNAL:
        return []
    return [Problem(Code.INVALID, "Only crawled listings are EXTERNAL; choose SIGN_UP or EXPRESS_INTEREST.", "kind")]


def _problems_of_times(start_date: datetime, end_date: datetime) -> list[Problem]:
    problems = [
        Problem(Code.INVALID, "Give a time with its offset, such as 2030-05-04T10:00:00-07:00.", field)
        for field, moment in (("start_date", start_date), ("end_date", end_date))
        if not is_sensible_time(moment)
    ]
    if not problems and end_date < start_date:
        problems.append(Problem(Code.INVALID, "It ends before it starts.", "end_date"))
    return problems


def _problems_of_causes(cause_ids: Sequence[int]) -> list[Problem]:
    if len(cause_ids) > MAX_CAUSES:
        return [Problem(Code.TOO_LONG, f"An opportunity has at most {MAX_CAUSES} causes.", "cause_ids")]
    known = set(Cause.objects.filter(pk__in=cause_ids).values_list("pk", flat=True)) if cause_ids else set()
    return [
        Problem(Code.NOT_FOUND, "There is no such cause.", f"cause_ids.{number}")
        for number, cause_id in enumerate(cause_ids)
        if cause_id not in known
    ]
