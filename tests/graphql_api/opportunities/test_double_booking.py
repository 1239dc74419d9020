"""Two slots at the same time, as clients meet them: refusals, `acceptAnyway`, and what the history shows to whom."""

from __future__ import annotations

from typing import Any

import pytest

from domains.opportunities.models import ApplicationStatus
from tests.api import codes, gid
from tests.factories import ApplicationFactory, RoleSkillFactory
from tests.graphql_api.opportunities.conftest import Cast
from tests.graphql_api.opportunities.documents import ANSWER_OFFER, DECIDE_APPLICATION
from tests.slots import TEN, hold_at, role_at

HISTORY = """query History($id: ID!) { node(id: $id) { ... on Application {
  status history { fromStatus toStatus reason overrides actor { displayName } } } } }"""


def applied(cast: Cast, **fields: Any) -> Any:
    role = role_at()
    role.opportunity.host = cast.host
    role.opportunity.save()
    return ApplicationFactory(role=role, volunteer=cast["volunteer"], **fields)


def test_a_coordinator_is_refused_and_may_accept_anyway_which_both_can_read(cast: Cast, api_as: Any) -> None:
    application, elsewhere = applied(cast), hold_at(TEN, cast["volunteer"])
    RoleSkillFactory(role=application.role)
    coordinator, decision = api_as(cast["coordinator"]), {"applicationId": gid(application), "decision": "ACCEPT"}
    refused = coordinator.act(DECIDE_APPLICATION, **decision)
    assert codes(refused) == ["MISSING_SKILL", "OVERLAPS"]
    assert elsewhere.role.opportunity.title not in str(refused)
    accepted = coordinator.act(DECIDE_APPLICATION, **decision, acceptAnyway=True, note="We need Ada.")
    assert accepted["status"] == "ACCEPTED"
    for viewer in ("coordinator", "volunteer"):
        shown = api_as(cast[viewer]).ask(HISTORY, id=gid(application))
        last = shown["node"]["history"][-1]
        assert (last["toStatus"], last["overrides"]) == ("ACCEPTED", ["MISSING_SKILL", "OVERLAPS"])
        assert last["reason"] == "Accepted anyway, although: MISSING_SKILL, OVERLAPS. We need Ada."
        assert last["actor"] == {"displayName": cast["coordinator"].display_name}
        assert elsewhere.role.opportunity.title not in str(shown)


def test_a_refused_answer_is_data_and_what_it_changed_stays(cast: Cast, api_as: Any) -> None:
    application = applied(cast, status=ApplicationStatus.OFFERED)
    hold_at(TEN, cast["volunteer"])
    volunteer = api_as(cast["volunteer"])
    refused = volunteer.act(ANSWER_OFFER, applicationId=gid(application), accept=True)
    assert codes(refused) == ["OVERLAPS"]
    assert volunteer.ask(HISTORY, id=gid(application))["node"]["status"] == "WAITLISTED"


@pytest.mark.parametrize("decision", ["DECLINE", "WAITLIST", "SHORTLIST"])
def test_other_decisions_ignore_accept_anyway(cast: Cast, api_as: Any, decision: str) -> None:
    application = applied(cast)
    hold_at(TEN, cast["volunteer"])
    asked = {"applicationId": gid(application), "decision": decision, "acceptAnyway": True}
    assert api_as(cast["coordinator"]).act(DECIDE_APPLICATION, **asked)["status"].startswith(decision)
    assert api_as(cast["owner"]).ask(HISTORY, id=gid(application))["node"]["history"][-1]["overrides"] == []
