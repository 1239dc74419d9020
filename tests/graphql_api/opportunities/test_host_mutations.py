"""Mutations of hosts and of what they offer: ids, nulls, requirements. Who may: tests/house/permissions.toml."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import gid
from tests.factories import CourseFactory, OpportunityFactory, RoleFactory
from tests.graphql_api.opportunities import host_documents as documents
from tests.graphql_api.opportunities.conftest import Cast
from tests.sql import rows_of


@pytest.mark.parametrize("wrong", ["", "x", "Um9sZTox", "🌊", "Um9sZTo5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ=="])
def test_an_id_that_is_none_or_another_types_is_not_found(cast: Cast, api_as: Any, wrong: str) -> None:
    owner = api_as(cast["owner"])
    wishes: list[tuple[str, str, dict[str, Any]]] = [
        (documents.UPDATE_HOST, "hostId", {}),
        (documents.INVITE_HOST_MEMBER, "hostId", {"email": "a@b.example", "role": "OWNER"}),
        (documents.CHANGE_HOST_MEMBER_ROLE, "membershipId", {"role": "OWNER"}),
        (documents.REMOVE_HOST_MEMBER, "membershipId", {}),
        (documents.UPDATE_OPPORTUNITY, "opportunityId", {}),
        (documents.CLOSE_OPPORTUNITY, "opportunityId", {}),
        (documents.CANCEL_OPPORTUNITY, "opportunityId", {}),
        (documents.ADD_ROLE, "opportunityId", {"title": "Wader", "slotsAvailable": 1}),
        (documents.UPDATE_ROLE, "roleId", {}),
    ]
    for document, name, more in wishes:
        payload = owner.act(document, **{name: wrong}, **more)
        assert [(message["code"], message["field"]) for message in payload["messages"]] == [("NOT_FOUND", name)]
    expired = owner.act(documents.ACCEPT_HOST_INVITATION, key=wrong)
    assert [(message["code"], message["field"]) for message in expired["messages"]] == [("EXPIRED", "key")]


def test_what_is_left_out_or_null_stays_as_it_is(cast: Cast, api_as: Any) -> None:
    role = RoleFactory(opportunity__host=cast.host)
    before = rows_of("opportunities")
    owner = api_as(cast["owner"])
    for document, name, row, field in [
        (documents.UPDATE_HOST, "hostId", cast.host, "organizationName"),
        (documents.UPDATE_OPPORTUNITY, "opportunityId", role.opportunity, "title"),
        (documents.UPDATE_ROLE, "roleId", role, "skills"),
    ]:
        for nothing in ({}, {field: None}):
            assert owner.act(document, **{name: gid(row)}, **nothing)["id"] == gid(row)
    assert rows_of("opportunities") == before


def test_what_a_role_requires_is_written_and_shown(cast: Cast, api_as: Any) -> None:
    course, owner = CourseFactory(title="First aid"), api_as(cast["owner"])
    opportunity = OpportunityFactory(host=cast.host)
    role = owner.act(
        documents.ADD_ROLE,
        opportunityId=gid(opportunity),
        title="Medic",
        slotsAvailable=1,
        requiredCourseIds=[gid(course)],
        requiredVerifications=["BACKGROUND_CHECK", "IDENTITY"],
    )
    assert role["requiredCourses"] == [{"id": gid(course), "title": "First aid"}]
    assert role["requiredVerifications"] == ["IDENTITY", "BACKGROUND_CHECK"]
    role = owner.act(documents.UPDATE_ROLE, roleId=role["id"], requiredCourseIds=[], slotsAvailable=3)
    assert (role["requiredCourses"], role["slotsRemaining"]) == ([], 3)
    assert role["requiredVerifications"] == ["IDENTITY", "BACKGROUND_CHECK"]


def test_the_verification_of_a_host_cannot_be_set(cast: Cast, api_as: Any) -> None:
    answer = api_as(cast["owner"]).post(
        documents.UPDATE_HOST, {"input": {"hostId": gid(cast.host), "isVerified": True}}
    )
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    cast.host.refresh_from_db()
    assert not cast.host.is_verified


def test_a_key_is_tried_once_per_request(cast: Cast, api_as: Any) -> None:
    two = """mutation { a: acceptHostInvitation(input: {key: "x"}) { __typename }
      b: acceptHostInvitation(input: {key: "y"}) { __typename } }"""
    assert api_as(cast["volunteer"]).error_code(two) == "LIMIT_EXCEEDED"
