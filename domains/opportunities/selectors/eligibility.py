"""Reads the data for the rules in `eligibility.py`, for many roles or many volunteers at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone

from domains.accounts.models import User
from domains.accounts.selectors import find_verified_ids
from domains.base.errors import Code, Problem
from domains.learning.models import AudienceType
from domains.learning.selectors import find_completions, find_required_courses
from domains.opportunities import policies
from domains.opportunities.eligibility import Qualifications, Reason, Requirements, Span, reasons_against
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import (
    LIVE_APPLICATION_STATUSES,
    Application,
    Opportunity,
    OpportunityKind,
    Role,
    RoleSkill,
)
from domains.opportunities.selectors.held_slots import find_held_slots
from domains.skills.models import UserSkill
from domains.verification.selectors import find_valid_kinds_by_user


def find_roles(*, viewer: User | None) -> QuerySet[Role]:
    """Return the roles that the viewer may see, with all data that eligibility needs."""
    return (
        Role.objects.filter(opportunity__in=Opportunity.objects.visible_to(viewer))
        .select_related("opportunity__listing__source")
        .prefetch_related(*_with_requirements())
    )


def find_reasons(
    *, volunteer: User, roles: Sequence[Role], now: datetime, is_new: bool, has_offer: bool = False
) -> dict[int, list[Reason]]:
    """Return for each role why the volunteer may not hold a slot of it, all reasons at once; a system question.

    `is_new` is for applying; with `has_offer` a slot is already held for the volunteer, so that the role cannot
    be full. The answer stays true while the volunteer and the role are locked.
    """
    requirements = _find_requirements(roles, has_offer=has_offer)
    qualifications = _find_qualifications([volunteer], requirements, now)[volunteer.pk]
    return {one.role_id: reasons_against(qualifications, one, now=now, is_new=is_new) for one in requirements}


def find_reasons_against(
    *, viewer: User | None, roles: Sequence[Role], now: datetime | None = None
) -> Mapping[int, list[Problem]]:
    """Return for each role why the viewer cannot apply for it now, all reasons at once; none where they can.

    The reasons are those that `apply_to_role` refuses with, and ALREADY_APPLIED, where it would return the live
    application.
    """
    if viewer is None:
        return {role.pk: [Problem(Code.UNAUTHENTICATED, "Log in first.")] for role in roles}
    live = Application.objects.filter(volunteer=viewer, role__in=roles, status__in=LIVE_APPLICATION_STATUSES)
    applied = set(live.values_list("role", flat=True))
    already = [Problem(OpportunityCode.ALREADY_APPLIED, "You have applied for this role already.")]
    found = find_reasons(volunteer=viewer, roles=roles, now=now or timezone.now(), is_new=True)
    return {
        role.pk: [
            *(already if role.pk in applied else ()),
            *(reason.problem_for_volunteer() for reason in found[role.pk]),
        ]
        for role in roles
    }


def find_next_on_waitlist(*, role: Role, number: int, now: datetime) -> list[Application]:
    """Return the first on the waitlist who may hold a slot of the role now, at most `number`; a system question.

    The others are skipped and keep their positions. The number of statements is bounded, however many are skipped.
    """
    if number <= 0:
        return []
    (requirements,) = _find_requirements([role], has_offer=True)

    def choose(waiting: list[Application]) -> list[Application]:
        people = _find_qualifications([one.volunteer for one in waiting], [requirements], now)
        return [
            one for one in waiting if not reasons_against(people[one.volunteer_id], requirements, now=now, is_new=False)
        ]

    return Application.objects.waiting_for(role).select_related("volunteer").first_able(number, choose)


def _find_qualifications(
    volunteers: Collection[User], requirements: Sequence[Requirements], now: datetime
) -> dict[int, Qualifications]:
    """Return each volunteer's current qualifications, by id, as far as the roles require them.

    Most roles require few things, and in a crowd each applicant waits for the statements of the others.
    """
    ids = [volunteer.pk for volunteer in volunteers]
    skill_ids = {skill_id for one in requirements for skill_id in one.skills or ()}
    course_ids = {course_id for one in requirements for course_id in one.courses or ()}
    skills = _find_skills(ids, skill_ids) if skill_ids else {}
    courses = find_completions(user_ids=ids, course_ids=course_ids) if course_ids else {}
    kinds = find_valid_kinds_by_user(user_ids=ids, now=now) if any(one.verifications for one in requirements) else {}
    verified, held = find_verified_ids(user_ids=ids), find_held_slots(volunteer_ids=ids, now=now)
    return {
        volunteer.pk: Qualifications(
            is_active=volunteer.is_active,
            is_email_verified=volunteer.pk in verified,
            is_volunteer=policies.can_apply(volunteer),
            skill_ids=frozenset(skills.get(volunteer.pk, ())),
            course_ids=frozenset(courses.get(volunteer.pk, ())),
            verifications=frozenset(kinds.get(volunteer.pk, ())),
            held_slots=held.get(volunteer.pk, ()),
        )
        for volunteer in volunteers
    }


def _find_skills(user_ids: Collection[int], skill_ids: Collection[int]) -> dict[int, set[int]]:
    held: dict[int, set[int]] = {}
    rows = UserSkill.objects.filter(user__in=user_ids, skill__in=skill_ids)
    for user_id, skill_id in rows.values_list("user_id", "skill_id"):
        held.setdefault(user_id, set()).add(skill_id)
    return held


def _with_requirements() -> tuple[Prefetch[str] | str, ...]:
    required = RoleSkill.objects.filter(is_required=True).select_related("skill").order_by("pk")
    return (Prefetch("role_skills", required, to_attr="required_skills"), "required_courses")


def _find_requirements(roles: Sequence[Role], *, has_offer: bool) -> list[Requirements]:
    prefetch_related_objects(roles, *_with_requirements())  # no query if `find_roles` prefetched them
    required_everywhere = dict(find_required_courses(audience=AudienceType.VOLUNTEER).values_list("pk", "title"))
    return [_requirements(role, required_everywhere, has_offer=has_offer) for role in roles]


def _requirements(role: Role, required_everywhere: Mapping[int, str], *, has_offer: bool) -> Requirements:
    opportunity = role.opportunity
    required: list[RoleSkill] = role.required_skills  # type: ignore[attr-defined] # fetched by `_with_requirements`
    own = {course.pk: course.title for course in role.required_courses.all()}
    return Requirements(
        role_id=role.pk,
        host_id=opportunity.host_id,
        kind=opportunity.kind,
        status=opportunity.status,
        span=Span(opportunity.start_date, opportunity.end_date),
        is_full=not has_offer and role.slots_taken >= role.slots_available,
        link=_link_to(opportunity),
        skills={one.skill_id: one.skill.name for one in required},
        courses={**required_everywhere, **own},
        verifications=tuple(role.required_verifications),
    )


def _link_to(opportunity: Opportunity) -> str:
    if opportunity.kind != OpportunityKind.EXTERNAL:
        return ""
    listing = getattr(opportunity, "listing", None)
    return (listing.url or listing.source.url) if listing else ""
