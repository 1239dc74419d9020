"""Creating and publishing events: who may, and with which values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.events.models import Event, EventStatus
from domains.events.services import EventDraft, create_event, publish_event
from domains.geo.selectors import zip_point
from domains.opportunities.models import HostMembership, MembershipRole
from tests.factories import (
    EventFactory,
    HostMembershipFactory,
    OpportunityFactory,
    OpportunityHostFactory,
    UserFactory,
    creator_of,
    owner_of,
)

pytestmark = pytest.mark.django_db


def draft(**values: Any) -> EventDraft:
    begins = timezone.now() + timedelta(days=7)
    return replace(EventDraft(title="Street picnic", event_date=begins, end_date=begins + timedelta(hours=3)), **values)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in refused.value.problems]


def test_an_event_is_published_at_once_and_belongs_to_its_creator() -> None:
    person: User = UserFactory()
    event = create_event(actor=person, draft=draft(title="  Street \n picnic ", location_zip="94110-1234"))
    assert (event.title, event.status, event.host, event.organization) == (
        "Street picnic",
        EventStatus.PUBLISHED,
        person,
        None,
    )
    assert (event.location_zip, (event.latitude, event.longitude)) == ("94110", zip_point("94110"))
    assert OutboxEntry.objects.get().fact == "events.EventPublished"


def test_an_event_of_an_organization_is_created_by_its_owners_and_coordinators() -> None:
    host = OpportunityHostFactory()
    coordinator: Any = HostMembershipFactory(host=host, role=MembershipRole.COORDINATOR).user
    event = create_event(actor=coordinator, host_id=host.pk, draft=draft(), is_draft=True)
    assert (event.organization, event.status) == (host, EventStatus.DRAFT)
    assert not OutboxEntry.objects.exists()
    scanner: Any = HostMembershipFactory(host=host, role=MembershipRole.SCANNER).user
    for stranger in (scanner, UserFactory()):
        with pytest.raises(Refused) as refused:
            create_event(actor=stranger, host_id=host.pk, draft=draft())
        assert codes(refused) == [("FORBIDDEN", None)]
    with pytest.raises(Refused) as refused:
        create_event(actor=coordinator, host_id=0, draft=draft())
    assert codes(refused) == [("NOT_FOUND", "host_id")]
    assert Event.objects.count() == 1


def test_people_without_a_verified_address_and_minors_create_none() -> None:
    with pytest.raises(Refused) as refused:
        create_event(actor=UserFactory(unverified=True), draft=draft())
    assert codes(refused) == [("EMAIL_NOT_VERIFIED", None)]
    minor = UserFactory(profile__birth_year=timezone.now().year - 16)
    with pytest.raises(Refused) as refused:
        create_event(actor=minor, draft=draft())
    assert codes(refused) == [("NOT_ELIGIBLE", None)]
    host = OpportunityHostFactory()
    HostMembershipFactory(host=host, user=minor, role=MembershipRole.COORDINATOR)
    assert create_event(actor=minor, host_id=host.pk, draft=draft()).organization == host


SOON = timezone.now() + timedelta(days=2)


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"title": " "}, [("REQUIRED", "title")]),
        ({"title": "ab"}, [("TOO_SHORT", "title")]),
        ({"title": "x" * 201}, [("TOO_LONG", "title")]),
        ({"title": "Picnic \u202e"}, [("INVALID", "title")]),
        ({"description": "x" * 5001}, [("TOO_LONG", "description")]),
        ({"location": "x" * 301}, [("TOO_LONG", "location")]),
        ({"location_zip": "9411"}, [("INVALID", "location_zip")]),
        ({"max_attendees": 0}, [("INVALID", "max_attendees")]),
        ({"max_attendees": -1}, [("INVALID", "max_attendees")]),
        ({"max_attendees": 100_001}, [("INVALID", "max_attendees")]),
        ({"end_date": SOON - timedelta(days=1), "event_date": SOON}, [("INVALID", "end_date")]),
        ({"end_date": SOON, "event_date": SOON}, [("INVALID", "end_date")]),
        ({"end_date": SOON + timedelta(days=367), "event_date": SOON}, [("INVALID", "end_date")]),
        ({"event_date": SOON + timedelta(days=3700), "end_date": None}, [("INVALID", "event_date")]),
        ({"event_date": datetime(2031, 1, 1), "end_date": None}, [("INVALID", "event_date"), ("INVALID", "end_date")]),  # noqa: DTZ001
        ({"event_date": datetime(1, 1, 1, tzinfo=UTC), "end_date": None}, [("INVALID", "event_date")] * 2),
        ({"event_date": timezone.now() - timedelta(days=1), "end_date": None}, [("INVALID", "end_date")]),
        ({"latitude": 91.0, "longitude": 0.0}, [("INVALID", "latitude")]),
        ({"latitude": float("nan"), "longitude": 0.0}, [("INVALID", "latitude")]),
        ({"longitude": 10.0}, [("REQUIRED", "latitude")]),
        ({"opportunity_id": 0}, [("NOT_FOUND", "opportunity_id")]),
        ({"title": "ab", "max_attendees": 0}, [("TOO_SHORT", "title"), ("INVALID", "max_attendees")]),
    ],
)
def test_bad_values_are_refused_all_at_once(values: dict[str, Any], problems: list[tuple[str, str]]) -> None:
    with pytest.raises(Refused) as refused:
        create_event(actor=UserFactory(), draft=draft(**values))
    got = codes(refused)
    assert [code for code, _ in got] == [code for code, _ in problems]
    assert got[0] == problems[0]
    assert not Event.objects.exists()


def test_without_an_end_it_lasts_two_hours() -> None:
    event = create_event(actor=UserFactory(), draft=draft(end_date=None))
    assert event.end_date - event.event_date == timedelta(hours=2)


def test_coordinates_that_are_given_are_kept() -> None:
    event = create_event(actor=UserFactory(), draft=draft(location_zip="94110", latitude=1.5, longitude=-2.5))
    assert (event.latitude, event.longitude) == (1.5, -2.5)


def test_an_event_belongs_only_to_an_opportunity_that_its_creator_runs() -> None:
    opportunity, other = OpportunityFactory(), OpportunityFactory()
    owner = owner_of(opportunity.host)
    held: dict[str, Any] = {"actor": owner, "host_id": opportunity.host_id}
    assert create_event(**held, draft=draft(opportunity_id=opportunity.pk)).opportunity == opportunity
    for opportunity_id, code in ((other.pk, "FORBIDDEN"), (OpportunityFactory(draft=True).pk, "NOT_FOUND")):
        with pytest.raises(Refused) as refused:
            create_event(**held, draft=draft(opportunity_id=opportunity_id))
        assert codes(refused) == [(code, "opportunity_id")]
    HostMembershipFactory(host=other.host, user=owner, role=MembershipRole.COORDINATOR)
    with pytest.raises(Refused) as refused:
        create_event(**held, draft=draft(opportunity_id=other.pk))
    assert codes(refused) == [("INVALID", "opportunity_id")]


def test_a_draft_is_published_once_by_its_organizers() -> None:
    event = EventFactory(draft=True)
    with pytest.raises(Refused) as refused:
        publish_event(actor=UserFactory(), event_id=event.pk)
    assert codes(refused) == [("NOT_FOUND", "event_id")]
    for _ in range(2):
        assert publish_event(actor=creator_of(event), event_id=event.pk).status == EventStatus.PUBLISHED
    assert OutboxEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("event", "code"),
    [({"status": EventStatus.CANCELLED}, "CONFLICT"), ({"draft": True, "past": True}, "INVALID")],
)
def test_what_is_canceled_or_over_is_not_published(event: dict[str, Any], code: str) -> None:
    row = EventFactory(**event)
    with pytest.raises(Refused) as refused:
        publish_event(actor=creator_of(row), event_id=row.pk)
    assert codes(refused)[0][0] == code


def test_the_creator_who_left_the_organization_manages_its_event_no_more() -> None:
    event = EventFactory(draft=True)
    HostMembership.objects.filter(host=event.organization, user=event.host).delete()
    with pytest.raises(Refused) as refused:
        publish_event(actor=creator_of(event), event_id=event.pk)
    assert codes(refused) == [("NOT_FOUND", "event_id")]
