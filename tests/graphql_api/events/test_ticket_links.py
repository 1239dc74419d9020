"""Who gets links to a ticket's QR code and page from the API."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from domains.accounts.models import User
from domains.events import codes
from domains.events.models import EventTicket
from domains.opportunities.models import MembershipRole
from tests.api import gid
from tests.domains.events.tickets import member_of
from tests.factories import EventFactory, EventTicketFactory, UserFactory
from tests.qr_codes import read_bytes
from tests.sql import statements_of

pytestmark = pytest.mark.django_db

OWN = "query ($id: ID!) { event(id: $id) { myTicket { ticketCode qrCode { url svgUrl } pageUrl } } }"
ALL = """query ($id: ID!) {
  event(id: $id) { tickets { edges { node { ticketCode qrCode { url svgUrl } pageUrl attendee { id } } } } }
}"""
NODE = "query ($id: ID!) { node(id: $id) { ... on EventTicket { ticketCode qrCode { url } pageUrl } } }"
CLAIM = """mutation ($input: ClaimTicketInput!) {
  claimTicket(input: $input) { __typename ... on EventTicket { status qrCode { url svgUrl } pageUrl } }
}"""
ROTATE = (
    "mutation ($input: RotateTicketInput!) { rotateTicket(input: $input) { ... on EventTicket { qrCode { url } } } }"
)
NOTHING = {"ticketCode": None, "qrCode": None, "pageUrl": None}


@pytest.fixture
def ticket() -> EventTicket:
    return EventTicketFactory()


def links_of(shown: Any) -> list[str]:
    return [urlsplit(url).path for url in (shown["qrCode"]["url"], shown["qrCode"]["svgUrl"], shown["pageUrl"])]


def test_whoever_claims_a_ticket_gets_links_that_work(api_as: Any, client: Client, tmp_path: Any) -> None:
    person, event = UserFactory(), EventFactory()
    shown = api_as(person).act(CLAIM, eventId=gid(event))
    png, svg, page = links_of(shown)
    assert (png, svg) == (f"{page}/qr.png", f"{page}/qr.svg")
    assert read_bytes(client.get(png).content, tmp_path) == codes.code_of(EventTicket.objects.get())
    assert client.get(svg)["Content-Type"] == "image/svg+xml"
    assert client.get(page).status_code == 200


def test_the_holder_and_the_managers_get_links_and_nobody_else(ticket: EventTicket, api_as: Any, api: Any) -> None:
    event = ticket.event
    assert event.host
    assert None not in api_as(ticket.attendee).ask(OWN, id=gid(event))["event"]["myTicket"].values()
    for manager in (event.host, member_of(event, MembershipRole.COORDINATOR)):
        (edge,) = api_as(manager).ask(ALL, id=gid(event))["event"]["tickets"]["edges"]
        assert None not in edge["node"].values()
    others = [UserFactory(), member_of(event, MembershipRole.SCANNER), EventTicketFactory().attendee]
    for other in others:
        assert api_as(other).ask(ALL, id=gid(event))["event"]["tickets"]["edges"] == []
        assert api_as(other).ask(NODE, id=gid(ticket))["node"] is None
    assert api.ask(ALL, id=gid(event))["event"]["tickets"]["edges"] == []
    # Staff see tickets, for support, but let nobody in with them.
    staff = UserFactory(is_staff=True, rights=["events.view_eventticket", "events.view_event"])
    assert api_as(staff).ask(NODE, id=gid(ticket))["node"] == NOTHING


def test_the_links_of_each_viewer_are_their_own(ticket: EventTicket, api_as: Any) -> None:
    def page_for(viewer: User) -> str:
        shown = api_as(viewer).ask(NODE, id=gid(ticket))["node"]["pageUrl"]
        return str(shown).rpartition(":")[0].rpartition(":")[0]

    assert ticket.event.host
    assert page_for(ticket.attendee) != page_for(ticket.event.host)


@pytest.mark.parametrize("status", ["WAITLISTED", "OFFERED", "CANCELLED"])
def test_a_ticket_that_is_not_issued_has_a_page_and_no_code(status: str, api_as: Any, client: Client) -> None:
    waiting = EventTicketFactory(status=status)
    shown = api_as(waiting.attendee).ask(NODE, id=gid(waiting))["node"]
    assert (shown["ticketCode"], shown["qrCode"]) == (None, None)
    assert client.get(urlsplit(shown["pageUrl"]).path).status_code == 200


def test_a_rotated_ticket_has_new_links_and_the_old_ones_lead_nowhere(
    ticket: EventTicket, api_as: Any, client: Client
) -> None:
    holder = api_as(ticket.attendee)
    old = holder.ask(NODE, id=gid(ticket))["node"]
    new = holder.act(ROTATE, ticketId=gid(ticket))
    for url in (old["qrCode"]["url"], old["pageUrl"]):
        assert client.get(urlsplit(url).path).status_code == 404
    assert client.get(urlsplit(new["qrCode"]["url"]).path).status_code == 200


def test_links_to_many_tickets_cost_as_much_as_to_one(ticket: EventTicket, api_as: Any) -> None:
    assert ticket.event.host
    manager = api_as(ticket.event.host)
    manager.ask(ALL, id=gid(ticket.event))
    one = statements_of(lambda: manager.ask(ALL, id=gid(ticket.event)))
    EventTicketFactory.create_batch(4, event=ticket.event)
    assert len(statements_of(lambda: manager.ask(ALL, id=gid(ticket.event)))) == len(one)
