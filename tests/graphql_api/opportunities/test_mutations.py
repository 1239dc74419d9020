"""Mutations of opportunities, from founding a host to a slot. Who may: tests/house/permissions.toml."""

from __future__ import annotations

from typing import Any

import pytest

from domains.opportunities.models import Application, ApplicationStatus, Opportunity, OpportunityHost, OpportunityStatus
from tests.api import codes, gid
from tests.factories import ApplicationFactory, RoleFactory
from tests.graphql_api.opportunities.conftest import Cast
from tests.graphql_api.opportunities.documents import (
    APPLY_TO_ROLE,
    CREATE_HOST,
    CREATE_OPPORTUNITY,
    DECIDE_APPLICATION,
    PUBLISH_OPPORTUNITY,
)


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
