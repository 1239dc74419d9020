"""Twenty people at the door of the embedded server: SQLite lets them in one by one, and ten of them."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.crowd import Crowd, settled
from tests.graphql_api.opportunities.documents import APPLY_TO_ROLE, DECIDE_APPLICATION
from tests.live_server import LiveServer

pytestmark = [pytest.mark.xdist_group("live-server"), pytest.mark.timeout(180)]


def test_twenty_clients_share_ten_places(community_server: LiveServer) -> None:
    crowd = Crowd.at(community_server, 20, requires_approval=False, slots_available=10)
    requests = [(token, {"roleId": crowd.role}) for token in crowd.people]
    answers = settled([community_server], APPLY_TO_ROLE, requests)
    assert Counter(answer.outcome for answer in answers) == {"ACCEPTED": 10, "FULL": 10}


def test_thirty_acceptances_at_once_fill_ten_places(community_server: LiveServer) -> None:
    crowd = Crowd.at(community_server, 30, applied=True, slots_available=10)
    requests = [(crowd.owner, {"applicationId": one, "decision": "ACCEPT"}) for one in crowd.applications]
    answers = settled([community_server], DECIDE_APPLICATION, requests)
    assert Counter(answer.outcome for answer in answers) == {"ACCEPTED": 10, "FULL": 20}
