"""Three hundred people want the fifty tickets of an event at the same moment, and everybody gets an answer at once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.crowd import Answer, EventCrowd, all_at_once, worst
from tests.graphql_api.events.ticket_documents import CANCEL_TICKET, CLAIM_TICKET, EVENT_TICKETS
from tests.live_server import ARTIFACTS, LiveServer

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("crowds"),  # two at once would be more connections than PostgreSQL gives
]
Servers = tuple[LiveServer, LiveServer]

CLIENTS, SLOTS = 300, 50


@pytest.fixture(scope="module")
def servers(two_servers: Servers) -> Iterator[Servers]:
    """Both servers; in the end they close the connections that the crowd took, because others need them."""
    yield two_servers
    for server in two_servers:
        server.restart()


def taken(server: LiveServer, crowd: EventCrowd) -> int:
    answer = server.ask("query ($id: ID!) { event(id: $id) { ticketsTaken } }", id=crowd.event)
    number: int = answer["data"]["event"]["ticketsTaken"]
    return number


def outcomes(answers: list[Answer]) -> dict[str, int]:
    """Count the answers; a fault or a CONFLICT, with which the server would ask the client to try again, counts too."""
    return Counter(answer.outcome for answer in answers)


@pytest.mark.parametrize("join_waitlist", [False, True])
@pytest.mark.parametrize("number_of_servers", [1, 2])
def test_three_hundred_people_share_fifty_tickets(
    servers: Servers, number_of_servers: int, join_waitlist: bool
) -> None:
    crowd = EventCrowd.at(servers[0], CLIENTS, max_attendees=SLOTS)
    wish = {"eventId": crowd.event, "joinWaitlist": join_waitlist}
    answers = all_at_once(servers[:number_of_servers], CLAIM_TICKET, [(token, wish) for token in crowd.people])
    rest = "WAITLISTED" if join_waitlist else "FULL"
    report = {"clients": CLIENTS, "servers": number_of_servers, "seconds": worst(answers)}
    (ARTIFACTS / f"claim-race-{rest.lower()}-{number_of_servers}.json").write_text(json.dumps(report))
    assert outcomes(answers) == {"ISSUED": SLOTS, rest: CLIENTS - SLOTS}
    assert taken(servers[0], crowd) == SLOTS
    if join_waitlist:
        # Each was told the position at that moment: nobody ever left, so all are different.
        told = sorted(answer.body["data"]["claimTicket"]["waitlistPosition"] or 0 for answer in answers)
        assert told == [*[0] * SLOTS, *range(1, CLIENTS - SLOTS + 1)]


def test_fifty_people_who_cancel_at_once_free_each_slot_once_for_the_fifty_who_waited_longest(servers: Servers) -> None:
    crowd = EventCrowd.at(servers[0], 2 * SLOTS + 10, issued=SLOTS, waiting=SLOTS + 10, max_attendees=SLOTS)
    # Each of them presses the button twice.
    requests = (
        2 * [(token, {"ticketId": ticket}) for token, ticket in zip(crowd.people, crowd.tickets, strict=True)][:SLOTS]
    )
    answers = all_at_once(servers, CANCEL_TICKET, requests)
    assert outcomes(answers) == {"CANCELLED": 2 * SLOTS}
    assert taken(servers[0], crowd) == SLOTS
    page = servers[0].ask(EVENT_TICKETS, token=crowd.owner, id=crowd.event, first=2 * SLOTS)
    status_of = {edge["node"]["id"]: edge["node"]["status"] for edge in page["data"]["event"]["tickets"]["edges"]}
    assert [status_of[ticket] for ticket in crowd.tickets[: 2 * SLOTS]] == ["CANCELLED"] * SLOTS + ["OFFERED"] * SLOTS
    status = "query { me { tickets { nodes { status waitlistPosition } } } }"
    (last,) = servers[0].ask(status, token=crowd.people[-1])["data"]["me"]["tickets"]["nodes"]
    assert last == {"status": "WAITLISTED", "waitlistPosition": 10}
