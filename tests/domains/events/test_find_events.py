"""The list of events: what it holds, in which order, for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.events.models import EventStatus, EventType
from domains.events.selectors import EventFilters, find_events
from domains.opportunities.models import MembershipRole
from domains.opportunities.selectors import Order
from tests.factories import EventFactory, EventTicketFactory, HostMembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def titles(viewer: User | None = None, **filters: Any) -> list[str]:
    return [event.title for event in find_events(viewer=viewer, filters=EventFilters(**filters))]


def in_days(days: float, **values: Any) -> Any:
    return EventFactory(event_date=timezone.now() + timedelta(days=days), **values)


def test_without_filters_the_published_that_are_not_over_soonest_first() -> None:
    in_days(2, title="Second")
    in_days(1, title="First")
    in_days(-0.04, title="Now")  # began an hour ago
    in_days(-3, title="Over")
    in_days(1, title="Draft", draft=True)
    in_days(1, title="Canceled", status=EventStatus.CANCELLED)
    assert titles() == ["Now", "First", "Second"]
    assert titles(status=EventStatus.CANCELLED) == ["Canceled"]
    assert titles(status=EventStatus.PUBLISHED) == ["Over", "Now", "First", "Second"]


def test_times_are_from_inclusive_to_exclusive_and_show_the_past() -> None:
    early, late = in_days(-9, title="Early"), in_days(9, title="Late")
    assert titles(starts_after=early.event_date, starts_before=late.event_date) == ["Early"]
    assert titles(starts_after=early.event_date) == ["Early", "Late"]
    assert titles(starts_before=early.event_date) == []


def test_other_filters() -> None:
    full = EventTicketFactory(event=in_days(1, title="Full", max_attendees=1, event_type=EventType.MEETUP)).event
    in_days(2, title="Free", max_attendees=1, location_zip="60601")
    in_days(3, title="Unlimited", max_attendees=None)
    assert titles(has_places=True) == ["Free", "Unlimited"]
    assert titles(has_places=False) == ["Full"]
    assert titles(event_type=EventType.MEETUP) == ["Full"]
    assert titles(location_zip="60601") == ["Free"]
    assert titles(host_id=full.organization_id) == ["Full"]


def test_ties_are_in_a_total_order() -> None:
    rows = [in_days(5) for _ in range(3)]
    date = rows[0].event_date
    type(rows[0]).objects.update(event_date=date, end_date=date + timedelta(hours=1))
    for order, expected in (
        (Order("event_date"), [row.pk for row in rows]),
        (Order("event_date", is_descending=True), [row.pk for row in reversed(rows)]),
    ):
        found = find_events(viewer=None, filters=EventFilters(), ordering=[order])
        assert [event.pk for event in found] == expected


def test_drafts_are_for_their_organizers_only() -> None:
    event = in_days(1, title="Draft", draft=True)
    own = in_days(2, title="Own draft", draft=True, organization=None)
    scanner = HostMembershipFactory(host=event.organization, role=MembershipRole.SCANNER).user
    coordinator = HostMembershipFactory(host=event.organization, role=MembershipRole.COORDINATOR).user
    assert titles(coordinator, status=EventStatus.DRAFT) == ["Draft"]
    assert titles(own.host, status=EventStatus.DRAFT) == ["Own draft"]
    for other in (None, scanner, UserFactory(), UserFactory(is_staff=True)):
        assert titles(other, status=EventStatus.DRAFT) == []
    assert titles(UserFactory(staff=True, rights=["events.view_event"]), status=EventStatus.DRAFT) == [
        "Draft",
        "Own draft",
    ]
