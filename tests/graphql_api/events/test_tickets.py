"""Tickets over GraphQL, from the claim to the canceled ticket. Who may: tests/house/permissions.toml."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.events.models import Event, EventTicket, TicketStatus
from domains.events.services.expire_ticket_offers import expire_ticket_offers
from graphql_api.relay.ids import global_id
from tests.api import codes, gid
from tests.domains.events.tickets import end_offer, full_event, member_of
from tests.factories import EventFactory, EventTicketFactory, UserFactory, owner_of
from tests.graphql_api.events.ticket_documents import (
    ANSWER_TICKET_OFFER,
    CANCEL_TICKET,
    CLAIM_TICKET,
    EVENT_TICKETS,
    EVENTS_WITH_TICKETS,
    MY_TICKETS,
    REVOKE_TICKET,
    ROTATE_TICKET,
)
from tests.sql import statements_of

pytestmark = pytest.mark.django_db


def nodes(connection: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in connection["edges"]]


def test_the_story_from_a_full_event_to_an_accepted_offer(api_as: Any) -> None:
    event = EventFactory(max_attendees=1)
    first, second, third = (api_as(UserFactory()) for _ in range(3))
    issued = first.act(CLAIM_TICKET, eventId=gid(event))
    assert (issued["status"], len(issued["ticketCode"]), issued["event"]["ticketsTaken"]) == ("ISSUED", 16, 1)
    assert issued == first.act(CLAIM_TICKET, eventId=gid(event), joinWaitlist=True)
    refused = second.act(CLAIM_TICKET, eventId=gid(event))
    (problem,) = refused["messages"]
    assert (problem["code"], problem["field"], "joinWaitlist: true" in problem["message"]) == ("FULL", "eventId", True)
    waiting = [one.act(CLAIM_TICKET, eventId=gid(event), joinWaitlist=True) for one in (second, third)]
    assert [(one["status"], one["waitlistPosition"], one["ticketCode"]) for one in waiting] == [
        ("WAITLISTED", 1, None),
        ("WAITLISTED", 2, None),
    ]
    assert first.act(CANCEL_TICKET, ticketId=issued["id"])["status"] == "CANCELLED"
    (offered,) = nodes(second.ask(MY_TICKETS)["me"]["tickets"])
    assert (offered["status"], offered["waitlistPosition"], offered["ticketCode"]) == ("OFFERED", None, None)
    assert offered["offerExpiresAt"] > timezone.now().isoformat()
    accepted = second.act(ANSWER_TICKET_OFFER, ticketId=offered["id"], accept=True)
    assert (accepted["status"], accepted["offerExpiresAt"], len(accepted["ticketCode"])) == ("ISSUED", None, 16)
    assert third.ask(EVENT_TICKETS, id=gid(event))["event"]["myTicket"]["waitlistPosition"] == 1


def test_the_deadline_of_an_offer_that_expired_is_not_shown(api_as: Any) -> None:
    ticket = end_offer(EventTicketFactory(status=TicketStatus.OFFERED))
    expire_ticket_offers()
    (shown,) = nodes(api_as(ticket.attendee).ask(MY_TICKETS)["me"]["tickets"])
    assert (shown["status"], shown["offerExpiresAt"]) == ("CANCELLED", None)
    late = api_as(ticket.attendee).act(ANSWER_TICKET_OFFER, ticketId=gid(ticket), accept=True)
    assert codes(late) == ["EXPIRED"]


def test_rotating_changes_the_code_that_the_holder_sees(api_as: Any) -> None:
    ticket = EventTicketFactory()
    rotated = api_as(ticket.attendee).act(ROTATE_TICKET, ticketId=gid(ticket))
    assert rotated["ticketCode"] != ticket.ticket_code
    ticket.refresh_from_db()
    assert rotated["ticketCode"] == ticket.ticket_code


def test_a_revoked_ticket_has_no_code_and_says_why(api_as: Any) -> None:
    ticket = EventTicketFactory()
    owner = api_as(owner_of(ticket.event.organization))
    revoked = owner.act(REVOKE_TICKET, ticketId=gid(ticket), reason="Sold on the street.")
    assert (revoked["status"], revoked["ticketCode"]) == ("CANCELLED", None)
    document = "query ($id: ID!) { event(id: $id) { myTicket { revokedAt revokedReason } } }"
    shown = api_as(ticket.attendee).ask(document, id=gid(ticket.event))["event"]["myTicket"]
    assert (shown["revokedAt"] is not None, shown["revokedReason"]) == (True, "Sold on the street.")
    assert codes(api_as(ticket.attendee).act(CLAIM_TICKET, eventId=gid(ticket.event))) == ["NOT_ELIGIBLE"]


def test_my_tickets_are_my_own_newest_claim_first_in_pages(api_as: Any) -> None:
    me = UserFactory()
    tickets = [EventTicketFactory(attendee=me, claimed_at=timezone.now() - timedelta(days=days)) for days in (2, 3, 1)]
    EventTicketFactory(event=tickets[0].event)
    api = api_as(me)
    page = api.ask(MY_TICKETS, first=2)["me"]["tickets"]
    assert page["totalCount"] == 3
    assert [one["id"] for one in nodes(page)] == [gid(tickets[2]), gid(tickets[0])]
    rest = api.ask(MY_TICKETS, first=2, after=page["edges"][-1]["cursor"])["me"]["tickets"]
    assert [one["id"] for one in nodes(rest)] == [gid(tickets[1])]


def test_nobody_sees_another_persons_tickets_through_the_person(api_as: Any) -> None:
    ticket = EventTicketFactory()
    document = "query ($id: ID!) { node(id: $id) { ... on User { tickets { totalCount edges { node { id } } } } } }"
    for viewer in (UserFactory(), UserFactory(overseer=True), owner_of(ticket.event.organization)):
        found = api_as(viewer).ask(document, id=global_id("User", ticket.attendee_id))["node"]["tickets"]
        assert found == {"totalCount": 0, "edges": []}


@pytest.mark.parametrize("kind", ["stranger", "attendee", "scanner", "coordinator", "owner", "creator elsewhere"])
def test_organizers_see_all_tickets_of_an_event_and_others_their_own(api_as: Any, kind: str) -> None:
    event = EventFactory()
    tickets = [EventTicketFactory(event=event) for _ in range(3)]
    EventTicketFactory()
    people: dict[str, User | None] = {
        "stranger": None,
        "attendee": tickets[1].attendee,
        "scanner": member_of(event, "SCANNER"),
        "coordinator": member_of(event, "COORDINATOR"),
        "owner": owner_of(event.organization),
        "creator elsewhere": owner_of(EventFactory().organization),
    }
    found = api_as(people[kind]).ask(EVENT_TICKETS, id=gid(event))["event"]
    shown = {"attendee": tickets[1:2], "coordinator": tickets, "owner": tickets}.get(kind, [])
    assert [one["id"] for one in nodes(found["tickets"])] == [gid(ticket) for ticket in shown]
    assert found["tickets"]["totalCount"] == len(shown)
    assert [one["ticketCode"] for one in nodes(found["tickets"])] == [ticket.ticket_code for ticket in shown]
    assert (found["myTicket"] or {}).get("id") == (gid(tickets[1]) if kind == "attendee" else None)


def test_my_ticket_is_the_live_one_after_a_canceled_one(api_as: Any) -> None:
    earlier = timezone.now() - timedelta(days=1)
    canceled = EventTicketFactory(status=TicketStatus.CANCELLED, claimed_at=earlier)
    api = api_as(canceled.attendee)
    assert api.ask(EVENT_TICKETS, id=gid(canceled.event))["event"]["myTicket"]["status"] == "CANCELLED"
    claimed = api.act(CLAIM_TICKET, eventId=gid(canceled.event))
    found = api.ask(EVENT_TICKETS, id=gid(canceled.event))["event"]
    assert (found["myTicket"]["id"], found["tickets"]["totalCount"]) == (claimed["id"], 2)


@pytest.mark.parametrize("kind", ["attendee", "owner", "stranger"])
def test_a_list_of_events_with_tickets_costs_the_same_with_one_and_with_five(api_as: Any, kind: str) -> None:
    organization = EventFactory(past=True).organization
    attendee = UserFactory()
    api = api_as({"attendee": attendee, "owner": owner_of(organization), "stranger": None}[kind])

    def add(tickets: int) -> Event:
        event = EventFactory(organization=organization, max_attendees=tickets)
        EventTicketFactory(event=event, attendee=attendee)
        for status in (TicketStatus.ISSUED, TicketStatus.WAITLISTED):
            for _ in range(tickets - 1):
                EventTicketFactory(event=event, status=status)
        return event

    api.ask(EVENTS_WITH_TICKETS)  # begins the viewer's session
    add(2)
    one = statements_of(lambda: api.ask(EVENTS_WITH_TICKETS))
    for _ in range(4):
        add(4)
    five = statements_of(lambda: api.ask(EVENTS_WITH_TICKETS))
    assert len(nodes(api.ask(EVENTS_WITH_TICKETS)["events"])) == 5
    assert len(five) == len(one), "\n".join(five)


def test_one_event_and_a_persons_tickets_cost_the_same_with_one_and_with_five(api_as: Any) -> None:
    small, large = full_event(1, waiting=1)[0], full_event(5, waiting=5)[0]
    owner = api_as(owner_of(small.organization))
    other = api_as(owner_of(large.organization))
    for api, event in ((owner, small), (other, large)):
        api.ask(EVENT_TICKETS, id=gid(event))
    assert len(statements_of(lambda: owner.ask(EVENT_TICKETS, id=gid(small)))) == len(
        statements_of(lambda: other.ask(EVENT_TICKETS, id=gid(large)))
    )
    me = UserFactory()
    api = api_as(me)
    EventTicketFactory(attendee=me)
    api.ask(MY_TICKETS)
    one = len(statements_of(lambda: api.ask(MY_TICKETS)))
    for status in (TicketStatus.WAITLISTED, TicketStatus.OFFERED, TicketStatus.CANCELLED, TicketStatus.ISSUED):
        EventTicketFactory(attendee=me, status=status)
    assert len(statements_of(lambda: api.ask(MY_TICKETS))) == one


def test_a_claim_costs_a_fixed_number_of_statements_however_full_the_event_is(api_as: Any) -> None:
    costs = []
    for slots, waiting in ((1, 0), (5, 20)):
        event, _ = full_event(slots, waiting=waiting)
        api = api_as(UserFactory())
        api.ask("{ me { id } }")
        wish = {"eventId": gid(event), "joinWaitlist": True}
        costs.append(len(statements_of(lambda api=api, wish=wish: api.act(CLAIM_TICKET, **wish))))  # type: ignore[misc]
        assert EventTicket.objects.filter(event=event, status="WAITLISTED").count() == waiting + 1
    # The session and its person, the claim itself, and the ticket read again with its position, attendee and event.
    assert costs == [12, 12]


@pytest.mark.parametrize("document", [CLAIM_TICKET, ANSWER_TICKET_OFFER, CANCEL_TICKET, ROTATE_TICKET, REVOKE_TICKET])
@pytest.mark.parametrize("wrong", ["", "x", "🎟", "RXZlbnQ6OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ==", "VXNlcjox"])
def test_an_id_that_is_none_is_not_found(api_as: Any, document: str, wrong: str) -> None:
    name = "eventId" if document is CLAIM_TICKET else "ticketId"
    more = {"accept": True} if document is ANSWER_TICKET_OFFER else {}
    payload = api_as(UserFactory()).act(document, **{name: wrong}, **more)
    assert [(one["code"], one["field"]) for one in payload["messages"]] == [("NOT_FOUND", name)]
