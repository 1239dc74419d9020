"""Selectors for opportunities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import F, OrderBy, Q, QuerySet
from django.utils import timezone

from domains.accounts.models import User
from domains.opportunities.models import (
    Cause,
    Opportunity,
    OpportunityKind,
    OpportunityStatus,
    PreferredCause,
    RoleSkill,
)

#: Times outside these are mistakes; times near the calendar's ends cannot be converted to UTC.
MIN_TIME, MAX_TIME = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
#: Error message for a time outside these.
INVALID_TIME = "Give a time with its offset, from the years 1970 to 2199, such as 2030-05-04T10:00:00-07:00."


@dataclass(frozen=True)
class OpportunityFilters:
    """Filters of a list of opportunities; None does not filter."""

    status: OpportunityStatus | None = None
    kind: OpportunityKind | None = None
    host_id: int | None = None
    skill_ids: Sequence[int] | None = None
    cause_ids: Sequence[int] | None = None
    is_remote: bool | None = None
    location_zip: str | None = None
    starts_after: datetime | None = None
    starts_before: datetime | None = None
    source: str | None = None


@dataclass(frozen=True)
class Order:
    """One column of an ordering."""

    column: str
    is_descending: bool = False

    def expression(self) -> OrderBy:
        """Return the column as an expression for `order_by`."""
        column = F(self.column)
        return column.desc() if self.is_descending else column.asc()


BY_START = Order("start_date")


def find_opportunities(
    *, viewer: User | None, filters: OpportunityFilters, ordering: Sequence[Order] = (BY_START,)
) -> QuerySet[Opportunity]:
    """Return the opportunities that match the filters, in a total order; without a status filter the open ones.

    Opportunities that have ended are excluded from the open ones even before `close_ended_opportunities` closes them.
    """
    columns = {order.column: order for order in reversed(ordering or (BY_START,))}
    orders = list(reversed(columns.values()))
    tie_breaker = Order("pk", orders[0].is_descending)
    found = Opportunity.objects.visible_to(viewer).filter(_matches(filters))
    return found.order_by(*(order.expression() for order in [*orders, tie_breaker]))


def _matches(filters: OpportunityFilters) -> Q:
    wanted = {
        "status": filters.status or OpportunityStatus.OPEN,
        "kind": filters.kind,
        "host_id": filters.host_id,
        "is_remote": filters.is_remote,
        "location_zip": filters.location_zip,
        "start_date__gte": filters.starts_after,
        "start_date__lt": filters.starts_before,
        "listing__source__name": filters.source,
    }
    condition = Q(**{lookup: value for lookup, value in wanted.items() if value is not None})
    if wanted["status"] == OpportunityStatus.OPEN:
        # The index (status, start_date, id) still gives the order; the task leaves few ended rows to skip.
        condition &= Q(end_date__gt=timezone.now())
    # Subqueries, because a join would list an opportunity once for each matching skill or cause.
    if filters.skill_ids is not None:
        condition &= Q(pk__in=RoleSkill.objects.filter(skill__in=filters.skill_ids).values("role__opportunity"))
    if filters.cause_ids is not None:
        through = Opportunity.causes.through.objects
        condition &= Q(pk__in=through.filter(cause__in=filters.cause_ids).values("opportunity"))
    return condition


def find_causes(*, viewer: User | None) -> QuerySet[Cause]:
    """Return the causes, by name."""
    return Cause.objects.visible_to(viewer).order_by("name", "pk")


def find_preferred_causes(*, viewer: User | None, user_ids: Collection[int]) -> Mapping[int, list[Cause]]:
    """Return the preferred causes that these people show the viewer, by name: one statement for all."""
    rows = PreferredCause.objects.visible_to(viewer).filter(user__in=user_ids).select_related("cause")
    causes = defaultdict(list)
    for row in rows.order_by("cause__name", "cause"):
        causes[row.user_id].append(row.cause)
    return causes


def find_ended(*, now: datetime) -> QuerySet[Opportunity]:
    """Return open opportunities that have ended, the oldest first; a system question."""
    # Ended opportunities have begun: this bound lets the database seek in the index (status, start_date, id).
    ended = Opportunity.objects.filter(status=OpportunityStatus.OPEN, start_date__lte=now, end_date__lte=now)
    return ended.order_by("start_date", "pk")


def find_opportunity(*, viewer: User | None, opportunity_id: int) -> QuerySet[Opportunity]:
    """Return the opportunity, or an empty queryset if the viewer may not see it."""
    return Opportunity.objects.visible_to(viewer).filter(pk=opportunity_id)


def is_valid_time(moment: datetime) -> bool:
    """Whether it is a time with an offset, in the years that people plan for."""
    return timezone.is_aware(moment) and MIN_TIME <= moment < MAX_TIME
