"""The addresses of calendars, as the API gives them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from domains.events.models import CalendarFeed
from tests.api import gid
from tests.factories import EventFactory, EventTicketFactory, UserFactory
from tests.icalendars import entries_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db

EVENT = "query ($id: ID!) { event(id: $id) { calendarUrl } }"
FEED = "{ me { calendarFeedUrl } }"
OF = "query ($id: ID!) { node(id: $id) { ... on User { calendarFeedUrl } } }"
ROTATE = """mutation {
  rotateCalendarFeed { ... on CalendarFeed { url } ... on OperationInfo { messages { code } } }
}"""


def test_everybody_gets_the_address_of_a_published_and_of_a_canceled_event(api: Any, client: Client) -> None:
    for status in ("PUBLISHED", "CANCELLED"):
        event = EventFactory(status=status)
        url = api.ask(EVENT, id=gid(event))["event"]["calendarUrl"]
        assert client.get(urlsplit(url).path).status_code == 200


def test_a_draft_has_no_address(api_as: Any) -> None:
    draft = EventFactory(draft=True)
    assert api_as(draft.host).ask(EVENT, id=gid(draft))["event"] == {"calendarUrl": None}


def test_the_feed_is_the_persons_own(api_as: Any, client: Client) -> None:
    ticket = EventTicketFactory()
    url = api_as(ticket.attendee).ask(FEED)["me"]["calendarFeedUrl"]
    (entry,) = entries_of(client.get(urlsplit(url).path).content)
    assert entry["UID"].startswith(f"event-{ticket.event_id}@")


def test_nobody_else_gets_the_address(api: Any, api_as: Any) -> None:
    person = UserFactory()
    for viewer in (api, api_as(UserFactory()), api_as(UserFactory(superuser=True))):
        assert viewer.ask(OF, id=gid(person))["node"]["calendarFeedUrl"] is None


def test_the_address_can_be_replaced(api_as: Any, client: Client) -> None:
    person = api_as(UserFactory())
    old = person.ask(FEED)["me"]["calendarFeedUrl"]
    assert person.ask(FEED)["me"]["calendarFeedUrl"] == old
    new = person.post(ROTATE)["data"]["rotateCalendarFeed"]["url"]
    assert person.ask(FEED)["me"]["calendarFeedUrl"] == new != old
    assert client.get(urlsplit(old).path).status_code == 404
    assert client.get(urlsplit(new).path).status_code == 200


def test_a_stranger_cannot_replace_an_address(api: Any) -> None:
    before = rows_of("events")
    answer = api.post(ROTATE)
    assert answer["data"]["rotateCalendarFeed"]["messages"] == [{"code": "UNAUTHENTICATED"}]
    assert rows_of("events") == before


def test_replacing_the_own_address_leaves_those_of_others(api_as: Any) -> None:
    person, other = UserFactory.create_batch(2)
    before = api_as(other).ask(FEED)["me"]["calendarFeedUrl"]
    api_as(person).post(ROTATE)
    assert api_as(other).ask(FEED)["me"]["calendarFeedUrl"] == before
    assert [feed.user for feed in CalendarFeed.objects.all()] == [person]
