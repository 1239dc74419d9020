"""Selectors for events."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from domains.accounts.models import User
from domains.events.models import LIVE_TICKET_STATUSES, Event, EventChange, EventStatus, EventType
from domains.opportunities.selectors import Order, find_managers

#: Default order of the list.
BY_DATE = Order("event_date")


@dataclass(frozen=True)
class EventFilters:
    """Filters of a list of events; None does not filter."""

    status: EventStatus | None = None
    event_type: EventType | None = None
    host_id: int | None = None
    opportunity_id: int | None = None
    location_zip: str | None = None
    starts_after: datetime | None = None
    starts_before: datetime | None = None
    has_places: bool | None = None


def find_events(
    *, viewer: User | None, filters: EventFilters, ordering: Sequence[Order] = (BY_DATE,)
) -> QuerySet[Event]:
    """Return the events that match the filters, in a total order.

    Without a status, the published ones; without times or a status, those that are not over.
    """
    columns = {order.column: order for order in reversed(ordering or (BY_DATE,))}
    orders = list(reversed(columns.values()))
    tie_breaker = Order("pk", orders[0].is_descending)
    found = Event.objects.visible_to(viewer).filter(_matches(filters))
    return found.order_by(*(order.expression() for order in [*orders, tie_breaker]))


def _matches(filters: EventFilters) -> Q:
    wanted = {
        "status": filters.status or EventStatus.PUBLISHED,
        "event_type": filters.event_type,
        "organization_id": filters.host_id,
        "opportunity_id": filters.opportunity_id,
        "location_zip": filters.location_zip,
        "event_date__gte": filters.starts_after,
        "event_date__lt": filters.starts_before,
    }
    condition = Q(**{lookup: value for lookup, value in wanted.items() if value is not None})
    if filters.status is None and filters.starts_after is None and filters.starts_before is None:
        condition &= Q(end_date__gt=timezone.now())
    if filters.has_places is not None:
        has_places = Q(max_attendees__isnull=True) | Q(tickets_taken__lt=F("max_attendees"))
        condition &= has_places if filters.has_places else ~has_places
    return condition


def find_event(*, viewer: User | None, event_id: int) -> QuerySet[Event]:
    """Return the event, or an empty queryset if the viewer may not see it."""
    return Event.objects.visible_to(viewer).filter(pk=event_id)


def find_managed_events(*, viewer: User, among: Collection[int]) -> set[int]:
    """Return the ids of those among the given events that the viewer manages."""
    return set(Event.objects.managed_by(viewer).filter(pk__in=among).values_list("pk", flat=True))


def find_event_managers(*, event: Event) -> QuerySet[User]:
    """Return the people who manage the event, for notifications to them; a system question."""
    if event.organization_id is not None:
        return find_managers(host_id=event.organization_id)
    return User.objects.filter(pk=event.host_id, is_active=True)


def find_ticket_holders(*, change: EventChange) -> QuerySet[User]:
    """Return the people who had a live ticket at the time of the change and still have it; a system question."""
    held = Q(
        tickets__event=change.event_id, tickets__status__in=LIVE_TICKET_STATUSES, tickets__claimed_at__lte=change.at
    )
    return User.objects.filter(held, is_active=True).distinct().order_by("pk")


def find_cancelled_holders(*, change: EventChange) -> QuerySet[User]:
    """Return the people whose tickets this change canceled with the event; a system question."""
    held = Q(tickets__event=change.event_id, tickets__cancelled_at=change.at, tickets__revoked_at__isnull=True)
    return User.objects.filter(held, is_active=True).distinct().order_by("pk")
