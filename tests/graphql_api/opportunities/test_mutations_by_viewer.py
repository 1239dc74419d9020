"""Each mutation of opportunities, asked by everyone: who may, who is told what, and that refusals change nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domains.opportunities.models import Application, ApplicationStatus, Opportunity, OpportunityHost, OpportunityStatus
from tests.api import codes, gid
from tests.factories import ApplicationFactory, RoleFactory
from tests.graphql_api.opportunities.conftest import Cast
from tests.graphql_api.opportunities.documents import (
    ANSWER_OFFER,
    APPLY_TO_ROLE,
    COMPLETE_APPLICATION,
    CREATE_HOST,
    CREATE_OPPORTUNITY,
    DECIDE_APPLICATION,
    PUBLISH_OPPORTUNITY,
    WITHDRAW_APPLICATION,
)
from tests.sql import rows_of

DONE = "done"
NO_LOGIN, NO, NOT_HERE, NO_VOLUNTEER = "UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND", "NOT_VOLUNTEER"
KINDS = ("stranger", "volunteer", "other volunteer", "other owner", "scanner", "coordinator", "owner", "staff")
#: For each mutation what the KINDS get, in their order.
OUTCOMES = {
    "createHost": (NO_LOGIN, NO, NO, DONE, DONE, DONE, DONE, NO),
    "createOpportunity": (NO_LOGIN, NO, NO, NO, NO, DONE, DONE, NO),
    "publishOpportunity": (NO_LOGIN, NOT_HERE, NOT_HERE, NOT_HERE, NOT_HERE, DONE, DONE, NO),
    "applyToRole": (NO_LOGIN, DONE, DONE, NO_VOLUNTEER, NO_VOLUNTEER, NO_VOLUNTEER, NO_VOLUNTEER, DONE),
    "decideApplication": (NO_LOGIN, NO, NOT_HERE, NOT_HERE, NOT_HERE, DONE, DONE, NO),
    "withdrawApplication": (NO_LOGIN, DONE, NOT_HERE, NOT_HERE, NOT_HERE, NO, NO, NO),
    "answerOffer": (NO_LOGIN, DONE, NOT_HERE, NOT_HERE, NOT_HERE, NO, NO, NO),
    "completeApplication": (NO_LOGIN, NO, NOT_HERE, NOT_HERE, NOT_HERE, DONE, DONE, NO),
}


def application_of(cast: Cast, **fields: Any) -> str:
    """Return the id of an application of the cast's volunteer for the cast's host."""
    return gid(ApplicationFactory(volunteer=cast["volunteer"], role__opportunity__host=cast.host, **fields))


def draft_of(cast: Cast) -> str:
    return gid(RoleFactory(opportunity__host=cast.host, opportunity__draft=True).opportunity)


def new_opportunity(cast: Cast) -> dict[str, Any]:
    times = {"startDate": "2031-05-04T10:00:00-07:00", "endDate": "2031-05-04T13:00:00-07:00"}
    return {"hostId": gid(cast.host), "title": "Clean the creek", "description": "Boots are here.", **times}


#: For each mutation the document, and an input that those who may act succeed with.
REQUESTS: dict[str, tuple[str, Callable[[Cast], dict[str, Any]]]] = {
    "createHost": (CREATE_HOST, lambda cast: {"organizationName": "Creek Friends"}),
    "createOpportunity": (CREATE_OPPORTUNITY, new_opportunity),
    "publishOpportunity": (PUBLISH_OPPORTUNITY, lambda cast: {"opportunityId": draft_of(cast)}),
    "applyToRole": (APPLY_TO_ROLE, lambda cast: {"roleId": gid(RoleFactory(opportunity__host=cast.host))}),
    "decideApplication": (
        DECIDE_APPLICATION,
        lambda cast: {"applicationId": application_of(cast), "decision": "ACCEPT"},
    ),
    "withdrawApplication": (WITHDRAW_APPLICATION, lambda cast: {"applicationId": application_of(cast)}),
    "answerOffer": (
        ANSWER_OFFER,
        lambda cast: {"applicationId": application_of(cast, status=ApplicationStatus.OFFERED), "accept": True},
    ),
    "completeApplication": (
        COMPLETE_APPLICATION,
        lambda cast: {
            "applicationId": application_of(cast, status=ApplicationStatus.ACCEPTED, role__opportunity__past=True)
        },
    ),
}


@pytest.mark.parametrize(
    ("mutation", "kind", "outcome"),
    [
        (mutation, kind, outcome)
        for mutation, outcomes in OUTCOMES.items()
        for kind, outcome in zip(KINDS, outcomes, strict=True)
    ],
)
def test_everyone_gets_what_they_may_and_a_refusal_changes_nothing(
    cast: Cast, api_as: Any, mutation: str, kind: str, outcome: str
) -> None:
    document, wish_of = REQUESTS[mutation]
    wish = wish_of(cast)
    before = rows_of("opportunities", "base")
    payload = api_as(cast.people[kind]).act(document, **wish)
    if outcome == DONE:
        assert payload["__typename"] != "OperationInfo", payload
        assert rows_of("opportunities", "base") != before
    else:
        assert codes(payload) == [outcome]
        assert rows_of("opportunities", "base") == before


def test_the_story_from_founding_to_a_place(cast: Cast, api_as: Any) -> None:
    owner, volunteer = api_as(cast["other owner"]), api_as(cast["volunteer"])
    host = owner.act(CREATE_HOST, organizationName="Creek Friends", website="https://creek.example")
    assert (host["organizationName"], host["isVerified"]) == ("Creek Friends", False)
    draft = owner.act(
        CREATE_OPPORTUNITY,
        hostId=host["id"],
        title="Clean the creek",
        description="Boots are here.",
        startDate="2031-05-04T10:00:00-07:00",
        endDate="2031-05-04T13:00:00-07:00",
        locationZip="94110",
        roles=[{"title": "Wader", "slotsAvailable": 2}],
    )
    assert (draft["status"], draft["kind"], draft["startDate"]) == ("DRAFT", "SIGN_UP", "2031-05-04T17:00:00+00:00")
    (role,) = draft["roles"]
    assert (role["slotsRemaining"], role["requiresApproval"], role["skills"]) == (2, True, [])
    assert owner.act(PUBLISH_OPPORTUNITY, opportunityId=draft["id"])["status"] == "OPEN"
    application = volunteer.act(APPLY_TO_ROLE, roleId=role["id"], coverLetter="I have waders.")
    assert (application["status"], application["role"]["opportunity"]["id"]) == ("APPLIED", draft["id"])
    assert application == volunteer.act(APPLY_TO_ROLE, roleId=role["id"])
    decided = owner.act(DECIDE_APPLICATION, applicationId=application["id"], decision="ACCEPT", note="Welcome.")
    assert decided["status"] == "ACCEPTED"
    assert (OpportunityHost.objects.count(), Opportunity.objects.get().status) == (3, OpportunityStatus.OPEN)
    assert Application.objects.get().status == ApplicationStatus.ACCEPTED


def test_every_wrong_value_comes_back_with_its_field_in_camel_case(cast: Cast, api_as: Any) -> None:
    payload = api_as(cast["owner"]).act(
        CREATE_OPPORTUNITY,
        hostId=gid(cast.host),
        title="ab",
        description="short",
        startDate="2031-05-04T10:00:00Z",
        endDate="2031-05-03T10:00:00Z",
        causeIds=["nonsense"],
        kind="EXTERNAL",
        roles=[{"title": "Wader", "slotsAvailable": 0, "skills": [{"skillId": gid(cast.host)}]}],
    )
    assert {(message["field"], message["code"]) for message in payload["messages"]} == {
        ("title", "TOO_SHORT"),
        ("description", "TOO_SHORT"),
        ("endDate", "INVALID"),
        ("causeIds.0", "NOT_FOUND"),
        ("kind", "INVALID"),
        ("roles.0.slotsAvailable", "INVALID"),
        ("roles.0.skills.0.skillId", "NOT_FOUND"),
    }
    assert {message["kind"] for message in payload["messages"]} == {"VALIDATION"}
    assert not Opportunity.objects.exists()


@pytest.mark.parametrize("wrong", ["", "x", "Um9sZTox", "🌊", "Um9sZTo5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ=="])
def test_an_id_that_is_none_or_another_types_is_not_found(cast: Cast, api_as: Any, wrong: str) -> None:
    RoleFactory(opportunity__host=cast.host)
    owner = api_as(cast["owner"])
    for document, name, more in [
        (PUBLISH_OPPORTUNITY, "opportunityId", {}),
        (DECIDE_APPLICATION, "applicationId", {"decision": "ACCEPT"}),
    ]:
        payload = owner.act(document, **{name: wrong}, **more)
        assert [(message["code"], message["field"]) for message in payload["messages"]] == [("NOT_FOUND", name)]
    foreign = api_as(cast["volunteer"]).act(APPLY_TO_ROLE, roleId=gid(cast.host))
    assert [(message["code"], message["field"]) for message in foreign["messages"]] == [("NOT_FOUND", "roleId")]


def test_a_place_in_the_waiting_line_is_said(cast: Cast, api_as: Any) -> None:
    role = RoleFactory(opportunity__host=cast.host, slots_available=1)
    ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED)
    ApplicationFactory(role=role, status=ApplicationStatus.WAITLISTED)
    volunteer = api_as(cast["volunteer"])
    assert codes(volunteer.act(APPLY_TO_ROLE, roleId=gid(role))) == ["FULL"]
    waiting = volunteer.act(APPLY_TO_ROLE, roleId=gid(role), joinWaitlist=True)
    assert (waiting["status"], waiting["waitlistPosition"]) == ("WAITLISTED", 2)
