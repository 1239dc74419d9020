"""What a volunteer might like to do, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from domains.accounts.models import User
from domains.opportunities import policies
from domains.opportunities.matching import Match, match_role, pick
from domains.opportunities.selectors.candidates import find_candidates
from domains.opportunities.selectors.places import read_places
from domains.opportunities.selectors.profiles import read_profile
from domains.opportunities.selectors.trending import count_applicants


@dataclass(frozen=True)
class RecommendedRole:
    """A role that fits the viewer, and how well."""

    role_id: int
    opportunity_id: int
    match: Match


def find_recommended_roles(*, viewer: User, first: int, now: datetime | None = None) -> list[RecommendedRole]:
    """Return the roles that fit the viewer best, one of each opportunity; none to those who are here to host only.

    Each is open, not over, has a free place, is not of a host that the viewer runs, and nothing they applied for or
    were declined for; they could take it: no slot they hold overlaps it, and they have the courses and the
    verifications that it asks for. What they lack of its skills is said and counted.
    """
    if not policies.can_apply(viewer):
        return []
    now = now or timezone.now()
    profile, applicants = read_profile(viewer=viewer, now=now), count_applicants()
    candidates = find_candidates(profile=profile, applicants=applicants, now=now)
    places = read_places(role_ids=candidates, home=profile.place, applicants=applicants, now=now)
    matches = [(place, match) for place in places if (match := match_role(profile.volunteer, place, now))]
    return [RecommendedRole(place.role_id, place.opportunity_id, match) for place, match in pick(matches, first)]
