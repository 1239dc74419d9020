"""Finding a few hundred roles that may fit a volunteer, out of any number of open ones.

Each branch reads a bounded number of rows in the order of an index: the newest that name a skill, the nearest, the
newest remote ones, the newest of a preferred or past cause, the newest of all, those with the most applicants. The
results are ranked roughly, and the best of them go to scoring.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Avg, Case, ExpressionWrapper, F, FloatField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from domains.geo.plain import Point, box_around, distance_km, longitude_scale
from domains.opportunities.matching import HeldSkill, Volunteer
from domains.opportunities.matching.weights import (
    DISTANCE_BANDS,
    LEVEL_SHARES,
    PRACTICE_SHARE,
    WEIGHTS,
    Factor,
)
from domains.opportunities.models import Opportunity, OpportunityQuerySet, Role, RoleSkill
from domains.opportunities.selectors.profiles import Profile
from domains.opportunities.selectors.unions import union_all

#: Maximum number of rows that each branch finds: opportunities; for skills, roles.
MAX_NEAREST = 600
#: The radii that the search for the nearest tries, in km.
RADII_KM = (1, 2, 5, 10, 25, 50, 100)
MAX_NEWEST_REMOTE = 100
MAX_NEWEST = 100
MAX_POPULAR = 50
MAX_SKILLS, MAX_NEWEST_PER_SKILL, MAX_ROLES_OF_SKILLS = 10, 500, 800
MAX_CAUSES, MAX_NEWEST_PER_CAUSE = 10, 40
#: How many roles scoring looks at.
MAX_CANDIDATES = 300


def _points(factor: Factor, share: float = 100) -> float:
    """Return about as many points as scoring gives for the factor in a volunteer's list."""
    return WEIGHTS[factor].for_volunteer * share / 100


#: Rough rank of an opportunity: the sum of the points of each branch that finds it.
_REMOTE, _NEW, _POPULAR = _points(Factor.REMOTE), _points(Factor.FRESH), _points(Factor.POPULAR)
_CAUSE = _points(Factor.PREFERRED_CAUSE)
#: Rough rank of a role: all required skills at a middle level, none of them, none required; all developed skills held.
_MET, _MISSING = _points(Factor.REQUIRED_SKILL, LEVEL_SHARES[3]), _points(Factor.MISSING_SKILL)
_NONE_NEEDED, _LEARNT = _points(Factor.NO_SKILL_NEEDED), _points(Factor.DEVELOPED_SKILL, PRACTICE_SHARE)


def find_candidates(*, profile: Profile, applicants: Iterable[int], now: datetime) -> list[int]:
    """Return the ids of the roles that scoring should look at, at most `MAX_CANDIDATES` of them."""
    # Everybody sees open opportunities, so `visible_to` would only slow the query plan down.
    open_opportunities = Opportunity.objects.accepting_applications(now).exclude(host__in=profile.managed_host_ids)
    rough_points = _rough_points(open_opportunities, profile, applicants, now)
    free = Role.objects.filter(slots_taken__lt=F("slots_available")).exclude(pk__in=profile.excluded_role_ids)
    skill_points = _skill_points(list(profile.volunteer.skills))
    rows = [
        row
        for roles in (
            free.filter(opportunity__in=list(rough_points)),
            free.filter(pk__in=_roles_of_skills(profile.volunteer.skills)),
        )
        for row in roles.annotate(worth=skill_points).values_list("pk", "opportunity", "worth")
    ]
    # A separate query: joined to the roles, a plan may read all open opportunities to check a thousand.
    still_open = set(open_opportunities.filter(pk__in={row[1] for row in rows}).values_list("pk", flat=True))
    points = {row[0]: rough_points.get(row[1], 0) + row[2] for row in rows if row[1] in still_open}
    return sorted(points, key=lambda role_id: (-points[role_id], -role_id))[:MAX_CANDIDATES]


def _rough_points(
    open_opportunities: OpportunityQuerySet, profile: Profile, applicants: Iterable[int], now: datetime
) -> dict[int, float]:
    """Return the rough points of opportunities from all branches, by their ids."""
    points: dict[int, float] = {}

    def add(keys: Iterable[int], added: float) -> None:
        for key in keys:
            points[key] = points.get(key, 0) + added

    by_age = open_opportunities.order_by("-created_at", "-pk").values_list("pk", flat=True)
    add(by_age.filter(is_remote=True)[:MAX_NEWEST_REMOTE], _REMOTE)
    add(by_age[:MAX_NEWEST], _NEW)
    add(_opportunities_of_causes(profile.volunteer), _CAUSE)
    add(list(applicants)[:MAX_POPULAR], _POPULAR)
    if profile.home:
        for key, latitude, longitude in _find_nearest(profile.home, now):
            add([key], _distance_points(distance_km(profile.home, Point(latitude, longitude))))
    return points


def _find_nearest(center: Point, now: datetime) -> QuerySet[Opportunity, Any]:
    """Return the nearest opportunities: those in the first circle with more than `MAX_NEAREST`, else in the widest.

    Counting stops at the limit, so that a crowded city costs no more than a small town. All columns are of one index.
    """
    for radius_km in RADII_KM:
        inside = Opportunity.objects.accepting_applications(now).filter(box_around(center, radius_km).as_condition())
        if inside[: MAX_NEAREST + 1].count() > MAX_NEAREST:
            break
    offset = _square(F("latitude") - center.latitude) + _square(
        (F("longitude") - center.longitude) * longitude_scale(center)
    )
    nearest = inside.order_by(ExpressionWrapper(offset, FloatField()), "-pk")
    return nearest.values_list("pk", "latitude", "longitude")[:MAX_NEAREST]


def _square(side: Any) -> Any:
    return ExpressionWrapper(side * side, FloatField())


def _distance_points(km: float) -> float:
    return next((_points(Factor.DISTANCE, share) for max_km, share in DISTANCE_BANDS if km <= max_km), 0)


def _roles_of_skills(skills: Mapping[int, HeldSkill]) -> list[int]:
    """Return the newest roles that name the volunteer's strongest skills; roles that name several of them first."""
    rows = RoleSkill.objects.order_by("-role")
    reads = (rows.filter(skill=skill_id)[:MAX_NEWEST_PER_SKILL] for skill_id in list(skills)[:MAX_SKILLS])
    named = Counter(union_all(reads, "role"))
    return sorted(named, key=lambda role_id: (-named[role_id], -role_id))[:MAX_ROLES_OF_SKILLS]


def _opportunities_of_causes(volunteer: Volunteer) -> list[int]:
    """Return the newest opportunities of the preferred causes, then of those with the most slots held."""
    rows = Opportunity.causes.through.objects.order_by("-opportunity")

    def rank(cause_id: int) -> tuple[bool, int, int]:
        return cause_id not in volunteer.preferred_causes, -volunteer.causes.get(cause_id, 0), cause_id

    chosen = sorted(volunteer.preferred_causes | volunteer.causes.keys(), key=rank)[:MAX_CAUSES]
    return union_all((rows.filter(cause=cause_id)[:MAX_NEWEST_PER_CAUSE] for cause_id in chosen), "opportunity")


def _skill_points(skill_ids: Collection[int]) -> Any:
    """Return the expression for the points of the person's skills in a role, about as scoring gives them."""

    def average(met: float, missing: float, wanted: Q, default: float) -> Any:
        points = Case(When(skill__in=skill_ids, then=Value(met)), default=Value(missing), output_field=FloatField())
        return Coalesce(Avg(points, filter=wanted), default)

    named = RoleSkill.objects.filter(role=OuterRef("pk")).order_by().values("role")
    required = average(_MET, _MISSING, Q(is_required=True), _NONE_NEEDED)
    developed = average(_LEARNT, 0.0, Q(is_developed=True), 0.0)
    return Coalesce(Subquery(named.annotate(worth=required + developed).values("worth")), _NONE_NEEDED)
