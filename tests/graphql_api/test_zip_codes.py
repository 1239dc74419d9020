"""Wherever a ZIP code is asked, ZIP+4 and spaces are understood, and one that does not exist gets one message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domains.accounts.models import SignUpAttempt, User, UserType
from domains.opportunities.models import Opportunity, OpportunityHost
from tests.api import Api, gid
from tests.factories import OpportunityFactory, OpportunityHostFactory, UserFactory, owner_of
from tests.graphql_api.opportunities.documents import TITLES

pytestmark = pytest.mark.django_db
ApiAs = Callable[[User | None], Api]
TIMES = {"startDate": "2030-05-04T10:00:00-07:00", "endDate": "2030-05-04T13:00:00-07:00"}


def document(name: str) -> str:
    """Return the mutation, which shows nothing but what was wrong."""
    return (
        f"mutation Asked($input: {name[0].upper()}{name[1:]}Input!) "
        f"{{ {name}(input: $input) {{ __typename ... on OperationInfo {{ messages {{ code field message }} }} }} }}"
    )


def _sign_up(api: Api, api_as: ApiAs) -> Any:
    given = {"email": "ada@example.org", "password": "correct horse battery", "displayName": "Ada"}
    return api, "signUp", "zipCode", given, lambda: SignUpAttempt.objects.get().zip_code


def _update_profile(api: Api, api_as: ApiAs) -> Any:
    ann = UserFactory(zip_code="10001")
    return api_as(ann), "updateProfile", "zipCode", {}, lambda: User.objects.get(pk=ann.pk).zip_code


def _create_host(api: Api, api_as: ApiAs) -> Any:
    person = UserFactory(user_type=UserType.HOST)
    given = {"organizationName": "Creek Friends"}
    return api_as(person), "createHost", "zipCode", given, lambda: OpportunityHost.objects.get().zip_code


def _update_host(api: Api, api_as: ApiAs) -> Any:
    host = OpportunityHostFactory(zip_code="10001")
    return (
        api_as(owner_of(host)), "updateHost", "zipCode", {"hostId": gid(host)},
        lambda: OpportunityHost.objects.get(pk=host.pk).zip_code,
    )  # fmt: skip


def _create_opportunity(api: Api, api_as: ApiAs) -> Any:
    host = OpportunityHostFactory()
    given = {"hostId": gid(host), "title": "Creek clean-up", "description": "Pull weeds with us.", **TIMES}
    return (
        api_as(owner_of(host)), "createOpportunity", "locationZip", {**given, "roles": []},
        lambda: Opportunity.objects.get().location_zip,
    )  # fmt: skip


def _update_opportunity(api: Api, api_as: ApiAs) -> Any:
    opportunity = OpportunityFactory(location_zip="10001")
    return (
        api_as(owner_of(opportunity.host)), "updateOpportunity", "locationZip", {"opportunityId": gid(opportunity)},
        lambda: Opportunity.objects.get(pk=opportunity.pk).location_zip,
    )  # fmt: skip


ASKED = [_sign_up, _update_profile, _create_host, _update_host, _create_opportunity, _update_opportunity]


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("text", ["94110-1234", " 94110 ", "94110 1234"])
def test_zip_plus_four_and_spaces_are_kept_as_five_digits(api: Api, api_as: ApiAs, asked: Any, text: str) -> None:
    viewer, name, field, given, kept = asked(api, api_as)
    answer = viewer.act(document(name), **given, **{field: text})
    assert answer["__typename"] != "OperationInfo", answer
    assert kept() == "94110"


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("text", ["00000", "00012", "99999", "9411", "94110-12345", "94110-12", "x" * 300])
def test_what_does_not_exist_is_refused_with_one_message(api: Api, api_as: ApiAs, asked: Any, text: str) -> None:
    viewer, name, field, given, _ = asked(api, api_as)
    answer = viewer.act(document(name), **given, **{field: text})
    assert [(one["code"], one["field"]) for one in answer["messages"]] == [("INVALID", field)]
    assert "94110" in answer["messages"][0]["message"], "it says what to give"


@pytest.mark.parametrize("text", ["94110", "94110-1234", " 94110 ", "941101234"])
def test_a_filter_finds_the_same_however_the_zip_code_is_written(api: Api, text: str) -> None:
    OpportunityFactory(location_zip="94110", title="Creek clean-up", status="OPEN")
    OpportunityFactory(location_zip="10001", title="Library sale", status="OPEN")
    found = api.ask(TITLES, filters={"locationZip": text})["opportunities"]["edges"]
    assert [edge["node"]["title"] for edge in found] == ["Creek clean-up"]


@pytest.mark.parametrize("text", ["00000", "9411", "94110-12345", "x"])
def test_a_filter_says_what_is_wrong_with_a_zip_code(api: Api, text: str) -> None:
    answer = api.post(TITLES, {"filters": {"locationZip": text}})
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "locationZip" in error["message"]
    assert "94110" in error["message"]


def test_a_zip_code_that_was_kept_before_such_ones_were_refused_stops_no_other_change(api_as: ApiAs) -> None:
    ann = UserFactory(zip_code="00000")
    assert api_as(ann).act(document("updateProfile"), displayName="Ann")["__typename"] == "User"
    host = OpportunityHostFactory(zip_code="00000")
    opportunity = OpportunityFactory(host=host, location_zip="00000")
    owner = api_as(owner_of(host))
    assert owner.act(document("updateHost"), hostId=gid(host), description="New.")["__typename"] == "OpportunityHost"
    changed = owner.act(document("updateOpportunity"), opportunityId=gid(opportunity), title="Another title")
    assert changed["__typename"] == "Opportunity"


@pytest.mark.parametrize(("zip_code", "zone"), [("86040", "America/Phoenix"), ("89883", "America/Denver")])
def test_an_opportunity_has_the_clocks_of_its_town(api: Api, zip_code: str, zone: str) -> None:
    opportunity = OpportunityFactory(location_zip=zip_code)
    clocks = "query Clocks($id: ID!) { opportunity(id: $id) { timeZone } }"
    assert api.ask(clocks, id=gid(opportunity))["opportunity"]["timeZone"] == zone


def test_the_filter_of_hosts_reads_a_zip_code_alike(api: Api) -> None:
    OpportunityHostFactory(zip_code="94110", organization_name="Creek Friends")
    OpportunityHostFactory(zip_code="10001", organization_name="Library")
    hosts = "query Hosts($filters: HostFilter) { hosts(filters: $filters) { edges { node { organizationName } } } }"
    for text in ("94110", "94110-1234", " 94110 "):
        found = api.ask(hosts, filters={"zip": text})["hosts"]["edges"]
        assert [edge["node"]["organizationName"] for edge in found] == ["Creek Friends"]
    assert api.error_code(hosts, filters={"zip": "00000"}) == "BAD_USER_INPUT"
