"""iCalendar files over HTTP: an event's, for everybody, and a person's feed, for whoever has its address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from domains.accounts.models import User
from domains.base.logs import RequestId
from domains.events import services, tokens
from domains.events.models import CalendarFeed
from domains.events.services.read_calendar_feed import MAX_READS
from tests.factories import EventFactory, EventTicketFactory, UserFactory
from tests.icalendars import entries_of

pytestmark = pytest.mark.django_db


def feed_path(person: User) -> str:
    feed = CalendarFeed.objects.filter(user=person).first()
    number = feed.number if feed else 0
    return urlsplit(tokens.feed_url(user_id=person.pk, account_made_at=person.created_at, number=number)).path


def test_everybody_reads_a_published_and_a_canceled_event_and_nobody_a_draft(client: Client) -> None:
    for status, shown in (("PUBLISHED", "CONFIRMED"), ("CANCELLED", "CANCELLED")):
        event = EventFactory(status=status)
        answer = client.get(f"/calendar/events/{event.pk}.ics")
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/calendar; method=PUBLISH; charset=utf-8"
        assert answer["Content-Disposition"] == f'inline; filename="event-{event.pk}.ics"'
        (entry,) = entries_of(answer.content)
        assert entry["STATUS"] == shown
    draft = EventFactory(draft=True)
    assert draft.host
    client.force_login(draft.host)
    assert client.get(f"/calendar/events/{draft.pk}.ics").status_code == 404


@pytest.mark.parametrize("key", ["0", "-1", "x", "9" * 19, "9" * 5_000, "1.0", "%00", "1%0d%0aX"])
def test_what_is_no_event_is_404(client: Client, key: str) -> None:
    assert client.get(f"/calendar/events/{key}.ics").status_code == 404


def test_an_unchanged_event_is_not_sent_again_and_a_changed_one_is(client: Client) -> None:
    event = EventFactory()
    path = f"/calendar/events/{event.pk}.ics"
    first = client.get(path)
    assert first["Cache-Control"] == "public, max-age=300"
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    event.title = "Another title"
    event.save()
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_an_event_costs_one_statement(client: Client, django_assert_num_queries: Any) -> None:
    event = EventFactory()
    with django_assert_num_queries(1):
        client.get(f"/calendar/events/{event.pk}.ics")


def test_whoever_has_the_address_reads_the_feed_without_a_login(client: Client) -> None:
    ticket = EventTicketFactory()
    answer = client.get(feed_path(ticket.attendee))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    (entry,) = entries_of(answer.content)
    public = entries_of(client.get(f"/calendar/events/{ticket.event_id}.ics").content)[0]
    assert entry["UID"] == public["UID"]
    for name, value in (
        ("Cache-Control", "private, no-cache"),
        ("X-Robots-Tag", "noindex, nofollow"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    ):
        assert answer[name] == value
    assert not answer.cookies


def test_an_unchanged_feed_is_not_sent_again(client: Client) -> None:
    ticket = EventTicketFactory()
    path = feed_path(ticket.attendee)
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "private, no-cache"
    EventTicketFactory(attendee=ticket.attendee)
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_replaced_address_is_404(client: Client) -> None:
    person = UserFactory()
    old = feed_path(person)
    assert client.get(old).status_code == 200
    services.rotate_calendar_feed(actor=person)
    answer = client.get(old)
    assert answer.status_code == 404
    assert client.get(feed_path(person)).status_code == 200
    for bad in ("x", "%00", "x" * 3_000, old.rpartition("/")[2].replace(":", "%3A", 1)[:-10]):
        assert client.get(f"/calendar/feeds/{bad}.ics").status_code == 404


@pytest.mark.usefixtures("one_window")
def test_who_hammers_is_told_to_wait(client: Client, settings: Any) -> None:
    settings.RATE_LIMITS = True
    path = feed_path(UserFactory())
    statuses = [client.get(path).status_code for _ in range(MAX_READS + 1)]
    assert statuses == [200] * MAX_READS + [429]
    assert int(client.get(path)["Retry-After"]) > 0
    assert client.get(feed_path(UserFactory())).status_code == 200


def test_they_only_answer_to_reading() -> None:
    client = Client(enforce_csrf_checks=True)
    for path in (f"/calendar/events/{EventFactory().pk}.ics", feed_path(UserFactory())):
        assert client.head(path).status_code == 200
        assert client.post(path).status_code == 405


def test_search_engines_are_asked_not_to_read_secret_addresses(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert {"Disallow: /tickets/", "Disallow: /calendar/feeds/", "Disallow: /admin/"} <= set(lines)


def test_no_address_of_a_feed_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(RequestId())
    person = UserFactory()
    path = feed_path(person)
    services.rotate_calendar_feed(actor=person)
    client.get(path)
    assert "/calendar/feeds/…" in caplog.text
    assert path.rpartition("/")[2][:40] not in caplog.text
