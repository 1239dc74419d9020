"""Roles recommended to a volunteer, with the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from domains.accounts.models import User
from domains.opportunities import policies
from domains.opportunities.matching import Match, match_role, pick_matches
from domains.opportunities.selectors.candidates import find_candidates
from domains.opportunities.selectors.profiles import read_profile
from domains.opportunities.selectors.role_candidates import read_role_candidates
from domains.opportunities.selectors.trending import count_applicants


@dataclass(frozen=True)
class RecommendedRole:
    """A role that fits the viewer, and how well."""

    role_id: int
    opportunity_id: int
    match: Match


def find_recommended_roles(*, viewer: User, first: int, now: datetime | None = None) -> list[RecommendedRole]:
    """Return the roles that fit the viewer best, one of each opportunity; none for accounts that only host.

    Each role is open, not over, has a free slot, and is not of a host that the viewer runs. The viewer has not applied
    for it or been declined, holds no slot that overlaps it, and has the courses and verifications that it requires.
    Missing skills are named in the reasons and lower the score.
    """
    if not policies.can_apply(viewer):
        return []
    now = now or timezone.now()
    profile, applicants = read_profile(viewer=viewer, now=now), count_applicants()
    role_ids = find_candidates(profile=profile, applicants=applicants, now=now)
    candidates = read_role_candidates(role_ids=role_ids, home=profile.home, applicants=applicants, now=now)
    matches = [
        (candidate, match) for candidate in candidates if (match := match_role(profile.volunteer, candidate, now))
    ]
    return [
        RecommendedRole(candidate.role_id, candidate.opportunity_id, match)
        for candidate, match in pick_matches(matches, first)
    ]
