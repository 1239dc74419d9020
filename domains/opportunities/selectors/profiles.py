"""Reads a volunteer's profile for their own recommendations, from their own rows only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from domains.accounts.models import User, UserProfile
from domains.base.week import Hours
from domains.geo.plain import Point
from domains.geo.selectors import zip_point, zip_time_zone
from domains.learning.models import CompletionStatus, Enrollment
from domains.opportunities.matching import FreeTimes, HeldSkill, Span, Volunteer
from domains.opportunities.models import Application, ApplicationStatus, Opportunity, PreferredCause, hosts_run_by
from domains.skills.models import UserSkill
from domains.verification.selectors import find_valid_kinds

#: Maximum number of applications that count, the newest ones.
MAX_APPLICATIONS = 500
_HELD_STATUSES = (ApplicationStatus.ACCEPTED, ApplicationStatus.COMPLETED)
_APPLIED_STATUSES = (
    ApplicationStatus.APPLIED,
    ApplicationStatus.SHORTLISTED,
    ApplicationStatus.WAITLISTED,
    ApplicationStatus.OFFERED,
)
#: Roles with an application in these statuses are not recommended: it is still live, or the host declined it.
_EXCLUDED_STATUSES = (*_HELD_STATUSES, *_APPLIED_STATUSES, ApplicationStatus.DECLINED)


@dataclass(frozen=True)
class Profile:
    """A volunteer, and the filters of their recommendations."""

    volunteer: Volunteer
    home: Point | None
    #: The organizations they run, and the roles not to recommend to them.
    managed_host_ids: frozenset[int]
    excluded_role_ids: frozenset[int]


def read_profile(*, viewer: User, now: datetime) -> Profile:
    """Return the viewer's profile, in the same number of statements for every viewer."""
    applications = list(
        Application.objects.filter(volunteer=viewer)
        .order_by("-submitted_at", "-pk")
        .values_list(
            "status",
            "role",
            "role__opportunity",
            "role__opportunity__host",
            "role__opportunity__start_date",
            "role__opportunity__end_date",
        )[:MAX_APPLICATIONS]
    )
    held = [row for row in applications if row[0] in _HELD_STATUSES]
    home = zip_point(viewer.zip_code)
    volunteer = Volunteer(
        skills=_read_skills(viewer),
        has_location=home is not None,
        preferred_causes=frozenset(PreferredCause.objects.filter(user=viewer).values_list("cause", flat=True)),
        free_times=FreeTimes(_read_hours(viewer), zip_time_zone(viewer.zip_code)),
        causes=_count_causes({row[2] for row in held}),
        hosts=frozenset(row[3] for row in held),
        courses=frozenset(
            Enrollment.objects.filter(user=viewer, completion_status=CompletionStatus.COMPLETED).values_list(
                "course", flat=True
            )
        ),
        verifications=frozenset(kind.value for kind in find_valid_kinds(user=viewer, now=now)),
        held_spans=[Span(row[4], row[5]) for row in held if row[5] > now],
        applied_spans=[Span(row[4], row[5]) for row in applications if row[0] in _APPLIED_STATUSES and row[5] > now],
    )
    return Profile(
        volunteer=volunteer,
        home=home,
        managed_host_ids=frozenset(hosts_run_by(viewer)),
        excluded_role_ids=frozenset(row[1] for row in applications if row[0] in _EXCLUDED_STATUSES),
    )


def _read_hours(viewer: User) -> Hours:
    profiles = UserProfile.objects.filter(user=viewer).values_list("availability", flat=True)
    return next(iter(profiles), [])


def _read_skills(viewer: User) -> dict[int, HeldSkill]:
    """Return the skills, verified ones first, then by level."""
    rows = UserSkill.objects.filter(user=viewer).order_by("-is_verified", "-proficiency_level", "pk")
    columns = ("skill", "skill__name", "skill__category", "proficiency_level", "is_verified")
    return {row[0]: HeldSkill(*row[1:]) for row in rows.values_list(*columns)}


def _count_causes(opportunity_ids: Collection[int]) -> dict[int, int]:
    rows = Opportunity.causes.through.objects.filter(opportunity__in=opportunity_ids)
    return dict(Counter(rows.values_list("cause", flat=True)))
