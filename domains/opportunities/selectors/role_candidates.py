"""Reads the data of roles for scoring, for all of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from domains.geo.plain import Point, distance_km
from domains.opportunities.matching import RoleCandidate, Span, WantedSkill
from domains.opportunities.models import Opportunity, Role, RoleSkill

_COLUMNS = (
    "pk",
    "opportunity",
    "opportunity__host",
    "opportunity__host__organization_name",
    "opportunity__start_date",
    "opportunity__end_date",
    "opportunity__created_at",
    "opportunity__is_remote",
    "opportunity__latitude",
    "opportunity__longitude",
    "required_verifications",
)


def read_role_candidates(
    *, role_ids: Collection[int], home: Point | None, applicants: Mapping[int, int], now: datetime
) -> list[RoleCandidate]:
    """Return the roles that have free slots and take applications now, read from the tables."""
    # Everybody sees open opportunities, so `visible_to` would only slow the query plan down.
    seen = Opportunity.objects.accepting_applications(now)
    rows = list(
        Role.objects.filter(pk__in=role_ids, opportunity__in=seen, slots_taken__lt=F("slots_available")).values_list(
            *_COLUMNS
        )
    )
    roles = [row[0] for row in rows]
    skills = read_wanted_skills(role_ids=roles)
    causes = _names(
        Opportunity.causes.through.objects.filter(opportunity__in={row[1] for row in rows}).values_list(
            "opportunity", "cause", "cause__name"
        )
    )
    courses = _names(
        Role.required_courses.through.objects.filter(role__in=roles).values_list("role", "course", "course__title")
    )
    return [
        RoleCandidate(
            role_id=row[0],
            opportunity_id=row[1],
            host_id=row[2],
            host_name=row[3] or "",
            span=Span(row[4], row[5]),
            created_at=row[6],
            is_remote=row[7],
            distance_km=_distance(home, row[8], row[9]),
            skills=skills[row[0]],
            causes=causes[row[1]],
            courses=courses[row[0]],
            verifications=row[10],
            applicants=applicants.get(row[1], 0),
        )
        for row in rows
    ]


def read_wanted_skills(*, role_ids: Collection[int]) -> defaultdict[int, list[WantedSkill]]:
    """Return the skills that roles require and develop, in the order in which the host named them."""
    wanted: defaultdict[int, list[WantedSkill]] = defaultdict(list)
    columns = ("role", "skill", "skill__name", "skill__category", "is_required", "is_developed")
    for role_id, *skill in RoleSkill.objects.filter(role__in=role_ids).order_by("pk").values_list(*columns):
        wanted[role_id].append(WantedSkill(*skill))
    return wanted


def _names(rows: Any) -> defaultdict[int, dict[int, str]]:
    named: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for owner, key, name in rows:
        named[owner][key] = name
    return named


def _distance(home: Point | None, latitude: float | None, longitude: float | None) -> float | None:
    if home is None or latitude is None or longitude is None:
        return None
    return distance_km(home, Point(latitude, longitude))
