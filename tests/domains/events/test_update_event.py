"""Changing events, and what ticket holders are notified of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.events.models import Event, EventChange, EventStatus
from domains.events.services import EventChanges, update_event
from domains.geo.selectors import zip_point
from tests.factories import EventFactory, EventTicketFactory, OpportunityFactory, UserFactory, creator_of

pytestmark = pytest.mark.django_db


def update(event: Event, **changes: Any) -> Event:
    return update_event(actor=creator_of(event), event_id=event.pk, changes=EventChanges(**changes))


def refusals(event: Event, **changes: Any) -> list[tuple[str, str | None]]:
    before = list(Event.objects.values())
    with pytest.raises(Refused) as refused:
        update(event, **changes)
    assert list(Event.objects.values()) == before
    return [(problem.code, problem.field) for problem in refused.value.problems]


def test_what_is_not_given_stays() -> None:
    event = EventFactory(description="Bring a plate.", max_attendees=20)
    before: dict[str, Any] = dict(Event.objects.values().get())
    assert update(event, title="Picnic in the park").title == "Picnic in the park"
    after: dict[str, Any] = dict(Event.objects.values().get())
    changed = {name for name, value in after.items() if value != before[name]}
    assert changed == {"title", "updated_at"}
    assert not OutboxEntry.objects.exists()


def test_a_new_time_or_location_is_recorded_once_with_the_old_values() -> None:
    event = EventFactory(location="Precita Park", location_zip="94110")
    later = event.end_date + timedelta(hours=1)
    update(event, location="Garfield Square", end_date=later, title="Picnic 2")
    update(event, location="Garfield Square")
    change = EventChange.objects.get()
    assert change.before.keys() == change.after.keys() == {"location", "end_date"}
    assert (change.before["location"], change.after["location"]) == ("Precita Park", "Garfield Square")
    assert (change.actor, Event.objects.get().revision) == (event.host, 1)
    assert [entry.fact for entry in OutboxEntry.objects.all()] == ["events.EventChanged"]


def test_nobody_is_notified_of_a_draft() -> None:
    event = EventFactory(draft=True)
    update(event, location="Garfield Square")
    assert not EventChange.objects.exists()


def test_a_new_zip_code_moves_it_unless_coordinates_are_given() -> None:
    event = EventFactory(location_zip="94110")
    update(event, location_zip="60601")
    event.refresh_from_db()
    assert (event.latitude, event.longitude) == zip_point("60601")
    update(event, location_zip="94110", latitude=3.0, longitude=4.0)
    event.refresh_from_db()
    assert (event.latitude, event.longitude) == (3.0, 4.0)
    update(event, description="Bring two plates.")
    event.refresh_from_db()
    assert (event.latitude, event.longitude) == (3.0, 4.0)


def test_the_limit_and_the_opportunity_can_be_removed() -> None:
    event = EventFactory(max_attendees=20)
    event.opportunity = OpportunityFactory(host=event.organization)
    event.save()
    assert update(event, max_attendees=None).max_attendees is None
    assert update(event, opportunity_id=None).opportunity_id is None


def test_there_are_never_fewer_slots_than_tickets() -> None:
    event = EventTicketFactory(event__max_attendees=5).event
    EventTicketFactory(event=event)
    assert refusals(event, max_attendees=1) == [("CONFLICT", "max_attendees")]
    assert refusals(event, max_attendees=0) == [("INVALID", "max_attendees")]
    assert update(event, max_attendees=2).max_attendees == 2


def test_what_is_over_stays_where_and_when_it_was() -> None:
    event = EventFactory(past=True)
    assert refusals(event, location="Elsewhere") == [("CONFLICT", "location")]
    assert update(event, description="It was nice.").description == "It was nice."
    coming = EventFactory()
    ended = timezone.now() - timedelta(minutes=1)
    assert refusals(coming, event_date=ended - timedelta(hours=1), end_date=ended) == [("INVALID", "end_date")]


def test_a_canceled_event_is_not_changed() -> None:
    assert refusals(EventFactory(status=EventStatus.CANCELLED), title="Anew") == [("CONFLICT", "event_id")]


def test_strangers_change_nothing() -> None:
    event = EventFactory()
    for status, code in ((EventStatus.PUBLISHED, "FORBIDDEN"), (EventStatus.DRAFT, "NOT_FOUND")):
        Event.objects.update(status=status)
        with pytest.raises(Refused) as refused:
            update_event(actor=UserFactory(), event_id=event.pk, changes=EventChanges(title="Mine"))
        assert refused.value.problems[0].code == code


def test_an_opportunity_that_the_changer_does_not_run_is_refused_but_the_old_one_stays() -> None:
    event = EventFactory(opportunity=OpportunityFactory())
    assert update(event, title="Same opportunity").opportunity is not None
    assert refusals(event, opportunity_id=OpportunityFactory().pk) == [("FORBIDDEN", "opportunity_id")]
