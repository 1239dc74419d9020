"""Questions about hosts, opportunities, roles and applications."""

from __future__ import annotations

from domains.opportunities.selectors.applications import (
    find_applications,
    find_own_applications,
    get_live_application,
    waitlist_position,
)
from domains.opportunities.selectors.eligibility import (
    find_obstacles,
    find_reasons_against,
)
from domains.opportunities.selectors.hosts import (
    find_managers,
)
from domains.opportunities.selectors.opportunities import (
    BY_START,
    Order,
    Wishes,
    find_ended,
    find_opportunities,
    find_opportunity,
    is_sensible_time,
)
from domains.opportunities.selectors.recommendations import (
    RecommendedRole,
    find_recommended_roles,
)
from domains.opportunities.selectors.recommended_volunteers import (
    RecommendedVolunteer,
    find_recommended_volunteers,
)
from domains.opportunities.selectors.trending import (
    find_trending,
)

__all__ = [
    "BY_START",
    "Order",
    "RecommendedRole",
    "RecommendedVolunteer",
    "Wishes",
    "find_applications",
    "find_ended",
    "find_managers",
    "find_obstacles",
    "find_opportunities",
    "find_opportunity",
    "find_own_applications",
    "find_reasons_against",
    "find_recommended_roles",
    "find_recommended_volunteers",
    "find_trending",
    "get_live_application",
    "is_sensible_time",
    "waitlist_position",
]
