"""Questions about hosts, opportunities, roles and applications."""

from __future__ import annotations

from domains.opportunities.selectors.applications import (
    find_applications,
    find_overdue_offers,
    find_own_applications,
    find_waiting,
    get_live_application,
    waitlist_position,
)
from domains.opportunities.selectors.changes import (
    find_called_off,
    find_holders,
)
from domains.opportunities.selectors.eligibility import (
    find_late_obstacles,
    find_obstacles,
    find_reasons_against,
    find_roles,
    find_standing,
)
from domains.opportunities.selectors.hosts import (
    find_host,
    find_host_opportunities,
    find_managers,
    find_members,
    find_own_memberships,
    find_owned_hosts,
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
    "Order",
    "Wishes",
    "find_applications",
    "find_called_off",
    "find_ended",
    "find_holders",
    "find_host",
    "find_host_opportunities",
    "find_late_obstacles",
    "find_managers",
    "find_members",
    "find_obstacles",
    "find_opportunities",
    "find_opportunity",
    "find_overdue_offers",
    "find_own_applications",
    "find_own_memberships",
    "find_owned_hosts",
    "find_reasons_against",
    "find_roles",
    "find_standing",
    "find_waiting",
    "get_live_application",
    "is_sensible_time",
    "waitlist_position",
]
