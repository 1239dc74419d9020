"""The admin's list of attendees and its CSV file: who sees what of it, and that the log says who took it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.admin.models import LogEntry
from django.test import AsyncClient, Client
from django.urls import reverse

from domains.events.models import Event, EventTicket
from domains.events.selectors import attendees
from tests.factories import EventFactory, EventTicketFactory, FormerCodeFactory, ScanFactory, UserFactory
from tests.sql import statements_of

pytestmark = pytest.mark.django_db

LIST, EXPORT = reverse("admin:events_eventticket_changelist"), reverse("admin:events_eventticket_export")
VIEW_TICKETS, VIEW_USERS = "events.view_eventticket", "accounts.view_user"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory(superuser=True))
    return client


@pytest.fixture
def event() -> Event:
    return EventFactory(
        event_date=datetime(2026, 5, 4, 16, tzinfo=UTC), end_date=datetime(2026, 5, 4, 20, tzinfo=UTC), max_attendees=99
    )


def as_staff(client: Client, *rights: str) -> Client:
    client.force_login(UserFactory(is_staff=True, rights=rights))
    return client


def attendee(event: Event, name: str = "Ada", **ticket: Any) -> EventTicket:
    return EventTicketFactory(event=event, attendee=UserFactory(display_name=name), **ticket)


def shown(client: Client, event: Event, **parameters: str) -> list[str]:
    response = client.get(LIST, {"event__id__exact": str(event.pk), **parameters})
    assert response.status_code == 200
    return sorted(ticket.attendee.display_name for ticket in response.context["cl"].result_list)


def export(client: Client, event: Event, **parameters: str) -> list[list[str]]:
    query = "&".join(f"{name}={value}" for name, value in {"event__id__exact": event.pk, **parameters}.items())
    response: Any = client.post(f"{EXPORT}?{query}")
    assert response.status_code == 200
    content = b"".join(response.streaming_content).decode()
    return list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))


def test_attendees_are_searched_by_name_and_address_and_filtered(desk: Client, event: Event) -> None:
    ada, grace = attendee(event, "Ada Lovelace"), attendee(event, "Grace Hopper", checked_in=True)
    attendee(event, "Joan Clarke", status="WAITLISTED")
    attendee(EventFactory(), "Ada Elsewhere")
    assert shown(desk, event) == ["Ada Lovelace", "Grace Hopper", "Joan Clarke"]
    assert shown(desk, event, q="lovelace") == ["Ada Lovelace"]
    assert shown(desk, event, q=ada.attendee.email) == ["Ada Lovelace"]
    assert shown(desk, event, status__exact="WAITLISTED") == ["Joan Clarke"]
    assert shown(desk, event, checked_in="yes") == shown(desk, event, is_inside__exact="1") == ["Grace Hopper"]
    assert shown(desk, event, checked_in="no", status__exact="ISSUED") == ["Ada Lovelace"]
    EventTicket.objects.filter(pk=grace.pk).update(is_inside=False)
    assert shown(desk, event, checked_in="yes") == ["Grace Hopper"]
    page = desk.get(LIST, {"event__id__exact": event.pk}).content.decode()
    assert f"Attendees of {event.title}" in page
    assert "Export as CSV" in page
    assert "Export as CSV" not in desk.get(LIST).content.decode()


def test_the_file_has_what_the_list_shows_in_the_events_local_time(desk: Client, event: Event) -> None:
    ticket = attendee(
        event,
        "=HYPERLINK(1)",
        checked_in=True,
        claimed_at=datetime(2026, 5, 1, 7, tzinfo=UTC),
        issued_at=datetime(2026, 5, 1, 7, 0, 1, tzinfo=UTC),
        check_in_time=datetime(2026, 5, 4, 16, 5, 9, tzinfo=UTC),
    )
    attendee(event, "Grace", status="CANCELLED", cancelled_at=datetime(2026, 5, 2, 7, tzinfo=UTC))
    header, *rows = export(desk, event)
    assert header[:5] == ["Name", "E-mail address", "Status", "Checked in", "Inside"]
    assert header[5] == "Claimed (America/Los_Angeles)"
    first, second = rows
    assert first[:5] == ["'=HYPERLINK(1)", ticket.attendee.email, "ISSUED", "yes", "yes"]
    assert first[5:] == [
        "2026-05-01 00:00:00", "2026-05-01 00:00:01", "2026-05-04 09:05:09", "2026-05-04 09:05:09", ""
    ]  # fmt: skip
    assert (second[2:5], second[9]) == (["CANCELLED", "no", "no"], "2026-05-02 00:00:00")
    assert not {ticket.ticket_code, ticket.code_random} & {cell for row in rows for cell in row}


def test_the_file_is_searched_and_filtered_as_the_list_is(desk: Client, event: Event) -> None:
    attendee(event, "Ada Lovelace", checked_in=True)
    attendee(event, "Grace Hopper")
    attendee(EventFactory(), "Ada Elsewhere", checked_in=True)
    assert [row[0] for row in export(desk, event, q="ada")[1:]] == ["Ada Lovelace"]
    assert [row[0] for row in export(desk, event, checked_in="no")[1:]] == ["Grace Hopper"]
    assert len(export(desk, event, p="7", o="1")) == 3


def test_addresses_are_for_staff_who_may_view_users(client: Client, event: Event) -> None:
    ticket = attendee(event, "Ada")
    address = ticket.attendee.email
    as_staff(client, VIEW_TICKETS)
    assert address not in client.get(LIST, {"event__id__exact": event.pk}).content.decode()
    assert shown(client, event, q=address) == []
    assert export(client, event)[1][:2] == ["Ada", "ISSUED"]
    assert client.get(LIST, {"attendee__email__startswith": address[:3]}).status_code == 400
    as_staff(client, VIEW_TICKETS, VIEW_USERS)
    assert address in client.get(LIST, {"event__id__exact": event.pk}).content.decode()
    assert shown(client, event, q=address) == ["Ada"]
    assert export(client, event)[1][:2] == ["Ada", address]


@pytest.mark.parametrize("name", ["scan", "formercode"])
def test_no_other_list_of_the_door_tells_an_attendees_address_by_searching(client: Client, name: str) -> None:
    ticket = attendee(EventFactory(), "Ada Unique")
    ScanFactory(ticket=ticket)
    FormerCodeFactory(ticket=ticket)
    desk = as_staff(client, f"events.view_{name}")
    found = {
        words: desk.get(reverse(f"admin:events_{name}_changelist"), {"q": words}).context["cl"].result_count
        for words in (ticket.attendee.email, "Unique")
    }
    assert found == {ticket.attendee.email: 0, "Unique": 1}


def test_without_the_right_to_view_tickets_nothing_is_exported_or_logged(client: Client, event: Event) -> None:
    attendee(event)
    for rights in ([], ["events.view_event", VIEW_USERS]):
        assert as_staff(client, *rights).post(f"{EXPORT}?event__id__exact={event.pk}").status_code == 403
    client.force_login(UserFactory())
    assert client.post(f"{EXPORT}?event__id__exact={event.pk}").status_code == 302  # to the log-in
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    "query", ["", "event__id__exact=", "event__id__exact=x", "event__id__exact=99999999999999999999"]
)
def test_only_the_attendees_of_one_event_are_exported(desk: Client, query: str) -> None:
    attendee(EventFactory())
    assert desk.post(f"{EXPORT}?{query}").status_code == 404
    assert not LogEntry.objects.exists()


def test_a_filter_that_makes_no_sense_goes_back_to_the_list(desk: Client, event: Event) -> None:
    response = desk.post(f"{EXPORT}?event__id__exact={event.pk}&issued_at__gte=yesterday")
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert not LogEntry.objects.exists()


def test_it_is_exported_by_the_button_only(event: Event) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(superuser=True))
    assert client.get(f"{EXPORT}?event__id__exact={event.pk}").status_code == 405
    assert client.post(f"{EXPORT}?event__id__exact={event.pk}").status_code == 403


def test_each_export_is_in_the_events_history_without_what_was_searched_for(client: Client, event: Event) -> None:
    attendee(event, "Ada")
    as_staff(client, VIEW_TICKETS)
    export(client, event, q="Ada", o="1")
    export(client, event, o="1", p="1")
    as_staff(client, VIEW_TICKETS, VIEW_USERS)
    export(client, event)
    entries = LogEntry.objects.order_by("pk")
    assert [entry.change_message for entry in entries] == [
        "Exported 1 attendees as CSV, without addresses, searched or filtered.",
        "Exported 1 attendees as CSV, without addresses.",
        "Exported 1 attendees as CSV, with addresses.",
    ]
    assert {entry.get_edited_object() for entry in entries} == {event}


def test_an_export_costs_the_same_with_1_row_and_with_5(desk: Client, event: Event) -> None:
    def cost(number: int) -> int:
        for _ in range(number):
            attendee(event, checked_in=True)
        return len(statements_of(lambda: export(desk, event)))

    cost(0)  # fills the cache of content types
    assert cost(1) == cost(4)


def test_a_long_list_is_read_page_by_page(desk: Client, event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attendees, "PAGE_SIZE", 2)
    for number in range(5):
        attendee(event, f"Person {number}")
    rows: list[list[str]] = []
    pages = [one for one in statements_of(lambda: rows.extend(export(desk, event))) if one.endswith("LIMIT 2")]
    assert [row[0] for row in rows[1:]] == [f"Person {number}" for number in range(5)]
    assert len(pages) == 3


@pytest.mark.django_db(transaction=True)
async def test_the_file_is_sent_by_the_server_too() -> None:
    client = AsyncClient()
    event = await sync_to_async(EventFactory)()
    await sync_to_async(attendee)(event, "Ada")
    await sync_to_async(client.force_login)(await sync_to_async(UserFactory)(superuser=True))
    response: Any = await client.post(f"{EXPORT}?event__id__exact={event.pk}")
    assert response.is_async
    content = b"".join([piece async for piece in response.streaming_content]).decode()
    assert content.splitlines()[1].startswith('"Ada",')
