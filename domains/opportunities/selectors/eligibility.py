"""What keeps a volunteer from a place: reads what the rules in `eligibility.py` look at, for many roles at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Code, Problem
from domains.learning.models import AudienceType
from domains.learning.selectors import find_completed_courses, find_required_courses
from domains.opportunities import eligibility, policies
from domains.opportunities.eligibility import Demands, Engagement, Standing
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import (
    LIVE_STATUSES,
    Application,
    ApplicationStatus,
    Opportunity,
    OpportunityKind,
    OpportunityStatus,
    Role,
    RoleSkill,
)
from domains.skills.models import UserSkill
from domains.verification.selectors import find_valid_kinds


def find_roles(*, viewer: User | None) -> QuerySet[Role]:
    """Return the roles that the viewer may see, with all that eligibility looks at."""
    required = RoleSkill.objects.filter(is_required=True).select_related("skill").order_by("pk")
    return (
        Role.objects.filter(opportunity__in=Opportunity.objects.visible_to(viewer))
        .select_related("opportunity__listing__source")
        .prefetch_related(Prefetch("role_skills", required, to_attr="required_skills"), "required_courses")
    )


def find_obstacles(*, viewer: User, roles: Sequence[Role], now: datetime | None = None) -> dict[int, list[Problem]]:
    """Return for each role, as `find_roles` gives it, all that keeps the viewer from a place in it."""
    now = now or timezone.now()
    everywhere = dict(find_required_courses(audience=AudienceType.VOLUNTEER).values_list("pk", "title"))
    asked = [_demands(role, everywhere) for role in roles]
    standing = _find_standing(volunteer=viewer, asked=asked, now=now)
    return {demands.role_id: eligibility.obstacles(standing, demands, now=now) for demands in asked}


def find_reasons_against(
    *, viewer: User | None, roles: Sequence[Role], now: datetime | None = None
) -> Mapping[int, list[Problem]]:
    """Return for each role why the viewer cannot apply for it now, all reasons at once; none where they can.

    They are those that `apply_to_role` refuses with, and ALREADY_APPLIED, where it would answer with what is there.
    """
    if viewer is None:
        return {role.pk: [Problem(Code.UNAUTHENTICATED, "Log in first.")] for role in roles}
    live = Application.objects.filter(volunteer=viewer, role__in=roles, status__in=LIVE_STATUSES)
    applied = set(live.values_list("role", flat=True))
    already = [Problem(OpportunityCode.ALREADY_APPLIED, "You have applied for this role already.")]
    found = find_obstacles(viewer=viewer, roles=roles, now=now)
    return {role.pk: [*(already if role.pk in applied else ()), *found[role.pk]] for role in roles}


def find_late_obstacles(*, role: Role, now: datetime) -> list[Problem]:
    """Return what may have come up while one waited for the role's lock: it was closed, or is full by now."""
    demands = _demands_of_opportunity(role)
    return [*eligibility.closing_obstacles(demands, now=now), *eligibility.full(demands)]


def _find_standing(*, volunteer: User, asked: Sequence[Demands], now: datetime) -> Standing:
    """Return what counts of the volunteer now, as far as it is asked for; a system question.

    Most roles ask for few things, and whoever applies in a crowd waits for every statement of the others.
    """
    skills, courses = UserSkill.objects.filter(user=volunteer), find_completed_courses(user=volunteer)
    held = Application.objects.filter(
        volunteer=volunteer, status=ApplicationStatus.ACCEPTED, role__opportunity__end_date__gt=now
    ).exclude(role__opportunity__status=OpportunityStatus.CANCELLED)
    times = held.values_list(
        "role_id", "role__opportunity__title", "role__opportunity__start_date", "role__opportunity__end_date"
    )
    return Standing(
        is_email_verified=volunteer.is_email_verified,
        is_volunteer=policies.can_apply(volunteer),
        skill_ids=frozenset(skills.values_list("skill_id", flat=True) if any(one.skills for one in asked) else ()),
        course_ids=frozenset(courses.values_list("pk", flat=True) if any(one.courses for one in asked) else ()),
        verifications=(
            find_valid_kinds(user=volunteer, now=now) if any(one.verifications for one in asked) else frozenset()
        ),
        engagements=[Engagement(*row) for row in times],
    )


def _demands(role: Role, everywhere: Mapping[int, str]) -> Demands:
    required: list[RoleSkill] = role.required_skills  # type: ignore[attr-defined] # fetched by find_roles
    own = {course.pk: course.title for course in role.required_courses.all()}
    return replace(
        _demands_of_opportunity(role),
        skills={one.skill_id: one.skill.name for one in required},
        courses={**everywhere, **own},
        verifications=tuple(role.required_verifications),
    )


def _demands_of_opportunity(role: Role) -> Demands:
    opportunity = role.opportunity
    return Demands(
        role_id=role.pk,
        kind=opportunity.kind,
        status=opportunity.status,
        start_date=opportunity.start_date,
        end_date=opportunity.end_date,
        is_full=role.slots_taken >= role.slots_available,
        link=_link_to(opportunity),
    )


def _link_to(opportunity: Opportunity) -> str:
    if opportunity.kind != OpportunityKind.EXTERNAL:
        return ""
    listing = getattr(opportunity, "listing", None)
    return (listing.url or listing.source.url) if listing else ""
