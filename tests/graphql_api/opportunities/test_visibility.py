"""Lists of applications, ids of nothing, and what was taken down. Who sees what: tests/house/permissions.toml."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from strawberry.relay import to_base64

from domains.opportunities import services
from domains.opportunities.models import ApplicationStatus
from graphql_api.opportunities import types
from tests.api import Api, gid
from tests.factories import ApplicationFactory, RoleFactory, UserFactory
from tests.graphql_api.opportunities.conftest import Cast
from tests.graphql_api.opportunities.documents import DETAIL, HOST_APPLICATIONS, MY_APPLICATIONS, NODE


def test_the_applications_of_an_opportunity_come_in_order_with_their_waitlist_positions(
    cast: Cast, api_as: Any
) -> None:
    role = RoleFactory(opportunity__host=cast.host)
    first = ApplicationFactory(role=role, volunteer=cast["volunteer"])
    waiting = ApplicationFactory(role=role, status=ApplicationStatus.WAITLISTED)
    opportunity = gid(role.opportunity)
    for kind, expected in (("owner", [first, waiting]), ("volunteer", [first])):
        listed = api_as(cast[kind]).ask(HOST_APPLICATIONS, opportunityId=opportunity)["opportunity"]["applications"]
        assert [edge["node"]["id"] for edge in listed["edges"]] == [gid(application) for application in expected]
        assert [edge["node"]["waitlistPosition"] for edge in listed["edges"]] == [None, 1][: len(expected)]
    (shown,) = api_as(cast["volunteer"]).ask(DETAIL, id=opportunity)["opportunity"]["roles"]
    assert shown["myApplication"]["id"] == gid(first)


def test_ones_applications_are_ones_own_newest_first_with_their_history(cast: Cast, api_as: Any) -> None:
    first = ApplicationFactory(volunteer=cast["volunteer"], status=ApplicationStatus.DECLINED)
    second = ApplicationFactory(volunteer=cast["volunteer"])
    ApplicationFactory()
    mine = api_as(cast["volunteer"]).ask(MY_APPLICATIONS)["me"]["applications"]
    assert mine["totalCount"] == 2
    newest, oldest = (edge["node"] for edge in mine["edges"])
    assert (newest["id"], oldest["id"]) == (gid(second), gid(first))
    assert [(move["fromStatus"], move["toStatus"]) for move in oldest["history"]] == [
        (None, "APPLIED"),
        ("APPLIED", "DECLINED"),
    ]
    assert oldest["history"][0]["actor"]["id"] == gid(cast["volunteer"])
    assert api_as(cast["owner"]).ask(MY_APPLICATIONS)["me"]["applications"]["totalCount"] == 0


NO_IDS = ["", "x", "🌊", "Um9sZTo=", "Um9sZTox", "Tm90aGluZzox", "UXVlcnk6MQ==", "T3Bwb3J0dW5pdHk6LTE="]


@pytest.mark.parametrize("wrong", [*NO_IDS, to_base64("Opportunity", "9" * 20), to_base64("Opportunity", "9" * 5000)])
def test_an_id_of_nothing_is_null_and_never_a_fault(api: Any, wrong: str) -> None:
    assert api.ask(NODE, id=wrong) == {"node": None}
    assert api.ask(DETAIL, id=wrong) == {"opportunity": None}


def test_another_types_id_does_not_find_an_opportunity(api: Any) -> None:
    role = RoleFactory()
    assert role.pk
    assert api.ask(DETAIL, id=gid(role.opportunity, "Role")) == {"opportunity": None}


def test_each_type_guards_its_own_rows_wherever_they_come_from(cast: Cast) -> None:
    application = ApplicationFactory(role__opportunity__draft=True)
    guarded: list[tuple[Any, Any]] = [
        (types.Opportunity, application.role.opportunity),
        (types.Role, application.role),
        (types.Application, application),
    ]
    for shown, row in guarded:
        for viewer, expected in [(None, []), (cast["owner"], []), (cast["staff"], [row])]:
            info = SimpleNamespace(context=SimpleNamespace(viewer=viewer))
            assert list(shown.get_queryset(type(row)._default_manager.all(), info)) == expected


def test_what_was_taken_down_is_gone_for_strangers_and_still_part_of_an_application(api: Api, api_as: Any) -> None:
    application = ApplicationFactory(role__opportunity__title="Get rich as a volunteer")
    role, opportunity = application.role, application.role.opportunity
    document = """query Gone($opportunity: ID!, $role: ID!) {
      opportunity(id: $opportunity) { title } byId: node(id: $opportunity) { id } role: node(id: $role) { id }
      opportunities(filters: {status: CANCELLED}) { totalCount edges { node { title } } }
    }"""
    ids = {"opportunity": gid(opportunity), "role": gid(role)}
    services.take_down_opportunity(opportunity_id=opportunity.pk)
    for stranger in (api, api_as(UserFactory())):
        shown = stranger.ask(document, **ids)
        assert (shown["opportunity"], shown["byId"], shown["role"]) == (None, None, None)
        assert shown["opportunities"] == {"totalCount": 0, "edges": []}
    own = "{ me { applications { edges { node { status role { opportunity { title closedReason } } } } } } }"
    (mine,) = api_as(application.volunteer).ask(own)["me"]["applications"]["edges"]
    assert mine["node"]["status"] == "CANCELLED"
    assert mine["node"]["role"]["opportunity"]["title"] == "Get rich as a volunteer"
