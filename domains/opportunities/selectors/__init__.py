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
from domains.opportunities.selectors.hours import (
    HoursOfMonth,
    Whose,
    count_completed,
    count_volunteers,
    find_developed_skills,
    find_hosts_with_figures,
    find_hours,
    find_hours_to_review,
    find_overlapping,
    find_public_record,
    find_service_records,
    sum_hours,
    sum_hours_by_month,
    sum_service,
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

__all__ = [
    "BY_START",
    "HoursOfMonth",
    "Order",
    "Whose",
    "Wishes",
    "count_completed",
    "count_volunteers",
    "find_applications",
    "find_developed_skills",
    "find_ended",
    "find_hosts_with_figures",
    "find_hours",
    "find_hours_to_review",
    "find_managers",
    "find_obstacles",
    "find_opportunities",
    "find_opportunity",
    "find_overlapping",
    "find_own_applications",
    "find_public_record",
    "find_reasons_against",
    "find_service_records",
    "get_live_application",
    "is_sensible_time",
    "sum_hours",
    "sum_hours_by_month",
    "sum_service",
    "waitlist_position",
]
