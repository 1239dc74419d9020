"""Selectors for hosts, opportunities, roles, applications and hours."""

from __future__ import annotations

from domains.opportunities.selectors.applications import (
    find_applications,
    find_own_applications,
    get_live_application,
)
from domains.opportunities.selectors.calendar_slots import (
    CalendarSlot,
    find_calendar_slots,
)
from domains.opportunities.selectors.changes import (
    find_cancelled_applicants,
    find_slot_holders,
)
from domains.opportunities.selectors.eligibility import (
    find_next_on_waitlist,
    find_reasons,
    find_reasons_against,
    find_roles,
)
from domains.opportunities.selectors.held_slots import (
    find_collisions,
    find_held_slots,
)
from domains.opportunities.selectors.hosts import (
    find_host,
    find_host_opportunities,
    find_hosts,
    find_managers,
    find_members,
    find_own_memberships,
    find_owned_hosts,
)
from domains.opportunities.selectors.hours import (
    GroupBy,
    HoursOfMonth,
    count_completed,
    count_volunteers,
    counted_seconds,
    find_days_of_service,
    find_developed_skills,
    find_hosts_with_figures,
    find_hours,
    find_hours_to_review,
    find_overlapping,
    find_public_record,
    find_service_records,
    sum_hours,
    sum_hours_by_month,
    sum_seconds_by_month,
    sum_service,
)
from domains.opportunities.selectors.opportunities import (
    BY_START,
    INVALID_TIME,
    OpportunityFilters,
    Order,
    find_causes,
    find_ended,
    find_opportunities,
    find_opportunity,
    find_preferred_causes,
    is_valid_time,
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
