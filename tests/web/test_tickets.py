"""Links to tickets: who may have one, how long it works, and what ends it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from domains.accounts.models import User
from domains.base import keyed_ids
from domains.events import codes, services, tokens
from domains.events.models import Event, EventTicket
from domains.events.qr_images import group_letters
from domains.opportunities.models import HostMembership, MembershipRole
from tests.factories import EventTicketFactory, HostMembershipFactory, UserFactory, owner_of
from tests.qr_codes import read_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> EventTicket:
    return EventTicketFactory(attendee__display_name="Maya Torres", event__title="Street picnic")


def path_for(ticket: EventTicket, viewer: User, end: str = "") -> str:
    return urlsplit(tokens.ticket_url(ticket, viewer_id=viewer.pk)).path + end


def mailed_path(ticket: EventTicket, end: str = "") -> str:
    return urlsplit(tokens.mailed_ticket_url(ticket)).path + end


def rotate(ticket: EventTicket) -> None:
    services.rotate_ticket(actor=ticket.attendee, ticket_id=ticket.pk)


def cancel(ticket: EventTicket) -> None:
    services.cancel_ticket(actor=ticket.attendee, ticket_id=ticket.pk)


def revoke(ticket: EventTicket) -> None:
    assert ticket.event.host
    services.revoke_ticket(actor=ticket.event.host, ticket_id=ticket.pk, reason="It was sold.")


def cancel_event(ticket: EventTicket) -> None:
    assert ticket.event.host
    services.cancel_event(actor=ticket.event.host, event_id=ticket.event_id)


def member(ticket: EventTicket, role: MembershipRole) -> User:
    person: User = UserFactory()
    HostMembershipFactory(host=ticket.event.organization, role=role, user=person)
    return person


def test_the_holder_and_the_managers_get_the_page_and_the_images(
    ticket: EventTicket, client: Client, tmp_path: Any
) -> None:
    assert ticket.event.organization
    owner, coordinator = owner_of(ticket.event.organization), member(ticket, MembershipRole.COORDINATOR)
    for viewer in (ticket.attendee, owner, coordinator):
        page = client.get(path_for(ticket, viewer))
        assert page.status_code == 200
        assert "Maya Torres" in page.content.decode()
        assert group_letters(ticket.ticket_code) in page.content.decode()
        png = client.get(path_for(ticket, viewer, "/qr.png"))
        assert png["Content-Type"] == "image/png"
        assert read_bytes(png.content, tmp_path) == codes.code_of(ticket)
        svg = client.get(path_for(ticket, viewer, "/qr.svg"))
        assert svg["Content-Type"] == "image/svg+xml"
        assert group_letters(ticket.ticket_code) in svg.content.decode()


@pytest.mark.parametrize("end", ["", "/qr.png", "/qr.svg"])
def test_a_link_made_for_anybody_else_leads_nowhere(ticket: EventTicket, client: Client, end: str) -> None:
    """The API gives them none; these were made as if it did."""
    others = [
        UserFactory(),
        UserFactory(superuser=True),
        member(ticket, MembershipRole.SCANNER),
        EventTicketFactory(event=ticket.event).attendee,
        UserFactory(is_active=False),
    ]
    for viewer in others:
        answer = client.get(path_for(ticket, viewer, end))
        assert answer.status_code == 404
        assert "Maya" not in answer.content.decode()


@pytest.mark.parametrize("end", ["", "/qr.png", "/qr.svg"])
def test_a_link_ends_with_the_right_of_its_viewer(ticket: EventTicket, client: Client, end: str) -> None:
    manager = member(ticket, MembershipRole.COORDINATOR)
    path = path_for(ticket, manager, end)
    assert client.get(path).status_code == 200
    HostMembership.objects.filter(user=manager).update(role=MembershipRole.SCANNER)
    assert client.get(path).status_code == 404
    own = path_for(ticket, ticket.attendee, end)
    assert client.get(own).status_code == 200
    User.objects.filter(pk=ticket.attendee_id).update(is_active=False)
    assert client.get(own).status_code == 404


def test_a_link_of_the_api_is_good_for_four_to_five_minutes(
    ticket: EventTicket, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time() // 60 * 60 + 59
    monkeypatch.setattr(time, "time", lambda: now)
    path = path_for(ticket, ticket.attendee, "/qr.png")
    for later, status in ((0, 200), (240, 200), (301, 404)):
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        assert client.get(path).status_code == status


@pytest.mark.parametrize("end_it", [rotate, cancel, revoke, cancel_event])
def test_the_images_end_with_the_code(
    ticket: EventTicket, client: Client, end_it: Callable[[EventTicket], None]
) -> None:
    paths = [path_for(ticket, ticket.attendee, f"/qr.{form}") for form in ("png", "svg")]
    etags = [client.get(path)["ETag"] for path in paths]
    end_it(ticket)
    for path, etag in zip(paths, etags, strict=True):
        assert client.get(path).status_code == 404
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 404
        assert client.get(mailed_path(ticket, path[-7:])).status_code == 404


def test_the_page_of_the_api_says_why_a_ticket_is_not_valid_but_never_shows_a_new_code(
    ticket: EventTicket, client: Client
) -> None:
    path = path_for(ticket, ticket.attendee)
    rotate(ticket)
    assert client.get(path).status_code == 404
    ticket.refresh_from_db()
    path = path_for(ticket, ticket.attendee)
    revoke(ticket)
    page = client.get(path)
    assert page.status_code == 200
    assert "It was sold." in page.content.decode()
    assert group_letters(ticket.ticket_code) not in page.content.decode()


@pytest.mark.parametrize("status", ["WAITLISTED", "OFFERED"])
def test_a_ticket_that_is_not_issued_has_a_page_and_no_image(client: Client, status: str) -> None:
    waiting = EventTicketFactory(status=status)
    assert client.get(path_for(waiting, waiting.attendee)).status_code == 200
    assert client.get(path_for(waiting, waiting.attendee, "/qr.png")).status_code == 404
    assert client.get(mailed_path(waiting)).status_code == 410


@pytest.mark.parametrize(("end_it", "status"), [(rotate, 404), (cancel, 410), (revoke, 410), (cancel_event, 410)])
def test_the_link_of_a_mail_ends_with_the_code_and_tells_nothing(
    ticket: EventTicket, client: Client, end_it: Callable[[EventTicket], None], status: int
) -> None:
    path = mailed_path(ticket)
    assert "Maya Torres" in client.get(path).content.decode()
    end_it(ticket)
    answer = client.get(path)
    assert answer.status_code == status
    for word in ("Maya", "picnic", "Precita", "sold", group_letters(ticket.ticket_code)):
        assert word not in answer.content.decode()


def test_the_link_of_a_mail_works_until_a_week_after_the_event_and_not_for_a_closed_account(
    ticket: EventTicket, client: Client
) -> None:
    path, now = mailed_path(ticket), timezone.now()
    for days, status in ((6, 200), (8, 404)):
        end = now - timedelta(days=days)
        Event.objects.filter(pk=ticket.event_id).update(event_date=end - timedelta(hours=1), end_date=end)
        assert client.get(path).status_code == status
    Event.objects.filter(pk=ticket.event_id).update(end_date=now)
    assert client.get(path).status_code == 200
    User.objects.filter(pk=ticket.attendee_id).update(is_active=False)
    assert client.get(path).status_code == 404


def test_forged_links_lead_nowhere(ticket: EventTicket, client: Client) -> None:
    other = EventTicketFactory()
    good, mailed = path_for(ticket, ticket.attendee)[9:], mailed_path(ticket)[9:]
    value, stamp, signature = good.split(":")
    sealed, fingerprint, viewer = value.split(".")
    stranger = keyed_ids.seal("User", UserFactory().pk)
    for bad in (
        f"{sealed}.{fingerprint}.{stranger}:{stamp}:{signature}",
        f"{keyed_ids.seal('EventTicket', other.pk)}.{fingerprint}.{viewer}:{stamp}:{signature}",
        f"{value}:{stamp}:{'A' * len(signature)}",
        f"{sealed}.{fingerprint}:{mailed.rpartition(':')[2][::-1]}",
        value,
        f"{sealed}.{fingerprint}",
        ticket.ticket_code,
        codes.code_of(ticket),
        str(ticket.pk),
        "x" * 5_000,
        "%00",
        "%F0%9F%8C%8A",
    ):
        for end in ("", "/qr.png", "/qr.svg"):
            assert client.get(f"/tickets/{bad}{end}").status_code == 404


def test_an_unchanged_image_is_not_sent_again(ticket: EventTicket, client: Client) -> None:
    path = path_for(ticket, ticket.attendee, "/qr.png")
    first = client.get(path)
    assert first["Cache-Control"] == "private, no-cache"
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == "private, no-cache"
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    svg = client.get(path_for(ticket, ticket.attendee, "/qr.svg"))
    assert svg["ETag"] != first["ETag"]
    assert client.get(path_for(ticket, ticket.attendee, "/qr.png"))["ETag"] == first["ETag"]


def test_the_answers_are_stored_by_nobody_else_and_found_by_no_search_engine(
    ticket: EventTicket, client: Client
) -> None:
    missing = client.get("/tickets/nothing")
    for answer in (
        *(client.get(path_for(ticket, ticket.attendee, end)) for end in ("", "/qr.png", "/qr.svg")),
        client.get(mailed_path(ticket)),
        missing,
    ):
        assert "private" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert not answer.cookies
    assert services.style_source() in client.get(path_for(ticket, ticket.attendee))["Content-Security-Policy"]


def test_they_only_answer_to_reading(ticket: EventTicket) -> None:
    strict = Client(enforce_csrf_checks=True)
    for end in ("", "/qr.png"):
        path = path_for(ticket, ticket.attendee, end)
        assert strict.head(path).status_code == 200
        assert strict.post(path).status_code == 405
        assert strict.delete(path).status_code == 405


def test_a_link_costs_three_statements_at_most(
    ticket: EventTicket, client: Client, django_assert_max_num_queries: Any
) -> None:
    path = path_for(ticket, member(ticket, MembershipRole.COORDINATOR), "/qr.png")
    with django_assert_max_num_queries(3):
        assert client.get(path).status_code == 200


def test_no_token_is_logged(ticket: EventTicket, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """The filter of the handler takes it out; `test_keys_in_paths_are_not_logged` asks the filter itself."""
    from domains.base.logs import RequestId

    caplog.handler.addFilter(RequestId())
    cancel(ticket)
    token = mailed_path(ticket).rpartition("/")[2]
    for end in ("", "/qr.png"):
        client.get(mailed_path(ticket, end))
    assert "/tickets/…" in caplog.text
    assert token[:40] not in caplog.text
