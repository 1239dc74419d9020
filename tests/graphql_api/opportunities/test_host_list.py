"""Lists that fill a frontend's filters: hosts by words of their names, place and verification; causes by name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api
from tests.factories import CauseFactory, OpportunityHostFactory, UserFactory
from tests.sql import statements_of

pytestmark = pytest.mark.django_db

HOSTS = """query Hosts($filters: HostFilter, $first: Int, $after: String) {
  hosts(filters: $filters, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id organizationName isVerified website zipCode }
  }
}"""
CAUSES = """query Causes($first: Int, $after: String) {
  causes(first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage } edges { node { id name } } }
}"""


def names(api: Api, **filters: Any) -> list[str]:
    page = api.ask(HOSTS, filters=filters)["hosts"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["organizationName"] for node in page["nodes"]]


@pytest.fixture
def hosts(db: None) -> None:
    for name, zip_code, is_verified in (
        ("Tool Library of the Mission", "94110", True),
        ("Food Bank No. 7", "94103", False),
        ("Mission Food Hub", "94110", False),
        ("Café Naïve", "", True),
        ("100% Green_Thumbs", "94110", False),
    ):
        OpportunityHostFactory(organization_name=name, zip_code=zip_code, is_verified=is_verified)


@pytest.mark.usefixtures("hosts")
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["100% Green_Thumbs", "Café Naïve", "Food Bank No. 7", "Mission Food Hub", "Tool Library of the Mission"]),
        ({"search": "  "}, 5),
        ({"search": None, "zip": None, "isVerified": None}, 5),
        ({"search": "miss"}, ["Mission Food Hub", "Tool Library of the Mission"]),
        ({"search": "FOOD hub"}, ["Mission Food Hub"]),
        ({"search": "issi"}, []),
        ({"search": "cafe\u0301"}, ["Café Naïve"]),
        ({"search": "NAÏVE"}, ["Café Naïve"]),
        ({"search": "thumbs"}, ["100% Green_Thumbs"]),
        ({"search": "%"}, []),
        ({"search": "_"}, []),
        ({"search": "'; DROP TABLE opportunities_opportunityhost; --"}, []),
        ({"search": "(.*"}, []),
        ({"zip": "94110"}, ["100% Green_Thumbs", "Mission Food Hub", "Tool Library of the Mission"]),
        ({"zip": " 94103 "}, ["Food Bank No. 7"]),
        ({"isVerified": True}, ["Café Naïve", "Tool Library of the Mission"]),
        ({"isVerified": False, "zip": "94110", "search": "food"}, ["Mission Food Hub"]),
    ],
)
def test_a_stranger_finds_hosts_by_name(api: Api, filters: dict[str, Any], found: Any) -> None:
    assert (len(names(api, **filters)) if isinstance(found, int) else names(api, **filters)) == found


@pytest.mark.parametrize("zip_code", ["nowhere", "00000", "9411"])
def test_a_zip_code_that_is_none_is_bad_user_input(api: Api, zip_code: str) -> None:
    assert api.error_code(HOSTS, filters={"zip": zip_code}) == "BAD_USER_INPUT"


@pytest.mark.parametrize("search", ["x" * 201, " ".join(f"word{number}" for number in range(13))])
def test_a_search_that_is_too_long_is_bad_user_input(api: Api, search: str) -> None:
    assert api.error_code(HOSTS, filters={"search": search}) == "BAD_USER_INPUT"


def test_pages_follow_each_other_in_a_stable_order(api: Api) -> None:
    for number in range(7):
        OpportunityHostFactory(organization_name=f"Neighbors {number // 3}")
    seen: list[str] = []
    after = None
    while True:
        page = api.ask(HOSTS, first=2, after=after)["hosts"]
        seen += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == [node["id"] for node in api.ask(HOSTS)["hosts"]["nodes"]]
    assert len(set(seen)) == 7


def test_everybody_sees_the_same_hosts(api: Api, api_as: Any) -> None:
    OpportunityHostFactory.create_batch(3)
    assert names(api) == names(api_as(UserFactory())) == names(api_as(UserFactory(is_staff=True)))


def test_causes_come_by_name_and_page_by_page(api: Api) -> None:
    for name in ("Water", "Animals", "Literacy"):
        CauseFactory(name=name)
    first = api.ask(CAUSES, first=2)["causes"]
    assert [edge["node"]["name"] for edge in first["edges"]] == ["Animals", "Literacy"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    rest = api.ask(CAUSES, after=first["pageInfo"]["endCursor"])["causes"]
    assert [edge["node"]["name"] for edge in rest["edges"]] == ["Water"]


def test_a_search_costs_one_statement_and_its_count_another(api: Api) -> None:
    ask = lambda: api.ask(HOSTS, filters={"search": "neighbors", "isVerified": False})  # noqa: E731
    OpportunityHostFactory(organization_name="Neighbors")
    one = len(statements_of(ask))
    OpportunityHostFactory.create_batch(4, organization_name="Neighbors again")
    assert (one, len(statements_of(ask))) == (2, 2)
