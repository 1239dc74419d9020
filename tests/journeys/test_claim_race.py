"""A hundred people want the ten tickets of an event of the embedded server: SQLite lets them in one by one."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.crowd import EventCrowd, all_at_once
from tests.graphql_api.events.ticket_documents import CLAIM_TICKET
from tests.live_server import LiveServer

pytestmark = [pytest.mark.xdist_group("live-server"), pytest.mark.timeout(180)]


@pytest.mark.parametrize("join_waitlist", [False, True])
def test_a_hundred_people_share_ten_tickets_and_nobody_is_asked_to_try_again(
    community_server: LiveServer, join_waitlist: bool
) -> None:
    crowd = EventCrowd.at(community_server, 100, max_attendees=10)
    wish = {"eventId": crowd.event, "joinWaitlist": join_waitlist}
    answers = all_at_once([community_server], CLAIM_TICKET, [(token, wish) for token in crowd.people])
    rest = "WAITLISTED" if join_waitlist else "FULL"
    assert Counter(answer.outcome for answer in answers) == {"ISSUED": 10, rest: 90}
