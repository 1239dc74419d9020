"""The attendee list as CSV for an event's managers, by a link that runs out and ends with the right to it."""

from __future__ import annotations

import csv
import io
import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.test import AsyncClient, Client
from django.utils import timezone

from domains.accounts.models import User
from domains.events.models import Event
from domains.events.tokens import LINK_LIFETIME, attendees_url
from domains.opportunities.models import HostMembership, MembershipRole
from tests.api import gid
from tests.domains.events.tickets import member_of
from tests.factories import EventFactory, EventTicketFactory, UserFactory
from tests.sql import statements_of

pytestmark = pytest.mark.django_db

ASK = "query ($id: ID!) { event(id: $id) { attendeesCsvUrl } }"


@pytest.fixture
def event() -> Event:
    return EventFactory(organization__zip_code="94110", event_date=datetime(2026, 5, 4, 16, tzinfo=UTC))


def path_for(event: Event, viewer: User) -> str:
    return urlsplit(attendees_url(event_id=event.pk, viewer_id=viewer.pk)).path


def rows_at(client: Client, path: str) -> list[list[str]]:
    response: Any = client.get(path)
    assert response.status_code == 200
    content = b"".join(response.streaming_content).decode()
    return list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))


def manager_of(event: Event) -> User:
    assert event.host
    return event.host


def test_a_manager_gets_a_link_to_the_names_and_no_addresses(event: Event, api_as: Any, client: Client) -> None:
    ticket = EventTicketFactory(
        event=event,
        attendee__display_name="@Ada",
        checked_in=True,
        check_in_time=datetime(2026, 5, 4, 16, 30, tzinfo=UTC),
    )
    EventTicketFactory(event=event, attendee__display_name="Grace", status="WAITLISTED")
    EventTicketFactory(attendee__display_name="Somebody elsewhere")
    for manager in (manager_of(event), member_of(event, MembershipRole.COORDINATOR)):
        url = api_as(manager).ask(ASK, id=gid(event))["event"]["attendeesCsvUrl"]
        header, *rows = rows_at(client, urlsplit(url).path)
        assert header[:4] == ["Name", "Status", "Checked in", "Inside"]
        assert [row[:4] for row in rows] == [["'@Ada", "ISSUED", "yes", "yes"], ["Grace", "WAITLISTED", "no", "no"]]
        assert "2026-05-04 09:30:00" in rows[0]
        cells = {cell for row in rows for cell in row}
        assert not cells & {ticket.attendee.email, ticket.ticket_code, ticket.code_random}


def test_nobody_else_gets_a_link(event: Event, api_as: Any, api: Any) -> None:
    attendee = EventTicketFactory(event=event).attendee
    staff = UserFactory(is_staff=True, rights=["events.view_eventticket", "events.view_event"])
    for other in (attendee, UserFactory(), member_of(event, MembershipRole.SCANNER), staff):
        assert api_as(other).ask(ASK, id=gid(event)) == {"event": {"attendeesCsvUrl": None}}
    assert api.ask(ASK, id=gid(event)) == {"event": {"attendeesCsvUrl": None}}


def test_the_link_runs_out(event: Event, client: Client) -> None:
    path = path_for(event, manager_of(event))
    with time_machine.travel(timezone.now() + LINK_LIFETIME - timedelta(minutes=1, seconds=5)):
        assert client.get(path).status_code == 200
    with time_machine.travel(timezone.now() + LINK_LIFETIME + timedelta(seconds=5)):
        assert client.get(path).status_code == 404


def test_the_link_ends_with_the_right_and_the_account(event: Event, client: Client) -> None:
    coordinator, gone = member_of(event, MembershipRole.COORDINATOR), member_of(event, MembershipRole.COORDINATOR)
    paths = [path_for(event, person) for person in (coordinator, gone)]
    HostMembership.objects.filter(user=coordinator).update(role=MembershipRole.SCANNER)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert [client.get(path).status_code for path in paths] == [404, 404]


def test_a_forged_link_leads_nowhere(event: Event, client: Client) -> None:
    other = EventFactory()
    path = path_for(event, manager_of(event))
    token = path.rpartition("/")[2]
    forged = [
        path.replace(f"/{event.pk}.", f"/{other.pk}."),
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        path_for(event, UserFactory()),
        path_for(other, manager_of(event)),
        "/attendees/x",
        f"/tickets/{token}",
        f"/attendees/{'x' * 600}",
    ]
    assert [client.get(one).status_code for one in forged] == [404] * len(forged)


def test_only_reading_is_possible_and_nothing_is_cached(event: Event, client: Client) -> None:
    path = path_for(event, manager_of(event))
    assert client.post(path).status_code == 405
    response = client.get(path)
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
    assert response["Content-Disposition"].startswith('attachment; filename="attendees-')
    head: Any = client.head(path)
    assert (head.status_code, b"".join(head.streaming_content)) == (200, b"")


def test_each_download_is_logged_without_a_name(event: Event, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    manager = manager_of(event)
    with caplog.at_level(logging.INFO, logger="web.attendees"):
        client.get(path_for(event, manager))
    assert caplog.messages == [f"user {manager.pk} exports the attendees of event {event.pk}"]


def test_a_download_and_the_links_of_many_events_cost_as_much_as_one(event: Event, client: Client, api_as: Any) -> None:
    manager = manager_of(event)
    path, asker = path_for(event, manager), api_as(manager)

    def download() -> int:
        EventTicketFactory.create_batch(2, event=event)
        return len(statements_of(lambda: rows_at(client, path)))

    def links() -> int:
        document = "{ events(first: 9, filters: {status: PUBLISHED}) { edges { node { attendeesCsvUrl } } } }"
        return len(statements_of(lambda: asker.ask(document)))

    assert download() == download()
    links()
    once = links()
    EventFactory.create_batch(4, organization=event.organization)
    assert links() == once


@pytest.mark.django_db(transaction=True)
async def test_the_server_sends_it_piece_by_piece() -> None:
    event = await sync_to_async(EventFactory)()
    await sync_to_async(EventTicketFactory)(event=event, attendee__display_name="Ada")
    response: Any = await AsyncClient().get(path_for(event, manager_of(event)))
    assert response.is_async
    pieces = [piece async for piece in response.streaming_content]
    assert len(pieces) == 2
    assert pieces[1].decode().startswith('"Ada"')
