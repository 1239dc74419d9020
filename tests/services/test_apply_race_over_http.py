"""Two hundred people at the door of two servers: the API gives out ten places, and an answer to everybody."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.crowd import Crowd, settled, worst
from tests.graphql_api.opportunities.documents import APPLY_TO_ROLE, DECIDE_APPLICATION
from tests.live_server import ARTIFACTS, LiveServer

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("crowds"),  # two at once would be more connections than PostgreSQL gives
]
Servers = tuple[LiveServer, LiveServer]

CLIENTS, PLACES = 200, 10
ROLE = """query Role($id: ID!) { node(id: $id) { ... on Role { slotsTaken slotsAvailable } } }"""


@pytest.fixture(scope="module")
def servers(two_servers: Servers) -> Iterator[Servers]:
    """Both servers; in the end they let go of the connections that the crowd took: others need them."""
    yield two_servers
    for server in two_servers:
        server.restart()


def taken(server: LiveServer, crowd: Crowd) -> int:
    answer = server.ask(ROLE, id=crowd.role)
    number: int = answer["data"]["node"]["slotsTaken"]
    return number


@pytest.mark.parametrize("join_waitlist", [False, True])
def test_two_hundred_clients_share_ten_places(servers: Servers, join_waitlist: bool) -> None:
    crowd = Crowd.at(servers[0], CLIENTS, requires_approval=False, slots_available=PLACES)
    wish = {"roleId": crowd.role, "joinWaitlist": join_waitlist}
    answers = settled(servers, APPLY_TO_ROLE, [(token, wish) for token in crowd.people])
    rest = "WAITLISTED" if join_waitlist else "FULL"
    assert Counter(answer.outcome for answer in answers) == {"ACCEPTED": PLACES, rest: CLIENTS - PLACES}
    assert taken(servers[0], crowd) == PLACES
    if join_waitlist:
        # What each was told is the place in line at that moment: nobody ever left, so all are different.
        told = sorted(answer.body["data"]["applyToRole"]["waitlistPosition"] or 0 for answer in answers)
        assert told == [*[0] * PLACES, *range(1, CLIENTS - PLACES + 1)]
    report = {"clients": CLIENTS, "seconds": worst(answers)}
    (ARTIFACTS / f"apply-race-{rest.lower()}.json").write_text(json.dumps(report))


def test_thirty_acceptances_at_once_fill_ten_places(servers: Servers) -> None:
    crowd = Crowd.at(servers[0], 30, applied=True, slots_available=PLACES)
    requests = [(crowd.owner, {"applicationId": one, "decision": "ACCEPT"}) for one in crowd.applications]
    answers = settled(servers, DECIDE_APPLICATION, requests)
    assert Counter(answer.outcome for answer in answers) == {"ACCEPTED": PLACES, "FULL": 20}
    assert taken(servers[1], crowd) == PLACES
