"""Who is not logged in gets an answer, not a blank page: what is public is there, the rest is null and says why.

The documents are made from the schema, so that a field added tomorrow is asked today.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from graphql import GraphQLNonNull, get_named_type, is_leaf_type
from strawberry_django.utils.typing import get_django_definition

from graphql_api.schema import schema
from tests.api import Api, gid
from tests.factories import RoleFactory, UserFactory, factory_of
from tests.graphql_api.test_every_list_costs_the_same import World, columns

pytestmark = pytest.mark.django_db

TYPES: Any = schema._schema.type_map
QUERY: Any = schema._schema.query_type
PRIVATE = {name for name, field in QUERY.fields.items() if "Needs a login" in field.description}
ENTITIES = sorted(name for name, kind in TYPES.items() if TYPES["Node"] in getattr(kind, "interfaces", ()))
SESSION = "{ __typename ... on OperationInfo { messages { code } } }"


def asked(name: str, some_id: str) -> str:
    """Return how a root field is asked for with as little as it takes."""
    field = QUERY.fields[name]
    values = {"ID": f'"{some_id}"', "String": '"something"', "Int": "1"}
    needed = {key: one for key, one in field.args.items() if isinstance(one.type, GraphQLNonNull)}
    wanted = [f"{key}: {values[get_named_type(one.type).name]}" for key, one in needed.items()]
    given = ", ".join([*wanted, "first: 2"] if "first" in field.args else wanted)
    selected = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
    return f"{name}({given}){selected}" if given else f"{name}{selected}"


def test_all_root_fields_at_once_give_what_is_public_and_a_coded_error_for_each_of_the_others(api: Api) -> None:
    RoleFactory()
    answer = api.post("{ " + " ".join(asked(name, gid(UserFactory())) for name in QUERY.fields) + " }")
    errors = {tuple(error["path"]): error["extensions"]["code"] for error in answer["errors"]}
    assert errors == {(name,): "UNAUTHENTICATED" for name in PRIVATE}
    assert answer["data"].keys() == QUERY.fields.keys()
    assert {name for name in PRIVATE if answer["data"][name] is not None} == set()
    assert answer["data"]["opportunities"] == {"__typename": "OpportunityConnection"}
    assert {"conversations", "me", "notifications", "recommendedOpportunities", "searchMessages"} <= PRIVATE


def test_no_root_field_takes_the_others_with_it() -> None:
    """What fails of a public list, a page size that is none, is a fault of the document; a missing login is not."""
    assert {name for name in PRIVATE if isinstance(QUERY.fields[name].type, GraphQLNonNull)} == set()


@pytest.mark.parametrize("kind", ENTITIES)
def test_nothing_below_an_entity_is_refused_to_strangers(api: Api, kind: str) -> None:
    """A private field of something public is null or empty: an error would take its parents with it."""
    world = World(UserFactory())
    world.grow()
    definition: Any = schema.get_type_by_name(kind)
    model = get_django_definition(definition.origin, strict=True).model
    row = model._default_manager.order_by("pk").first() or factory_of(model)()
    answer = api.post(f'{{ node(id: "{gid(row, kind)}") {{ ... on {kind} {columns(TYPES[kind], 1)} }} }}')
    assert "errors" not in answer, answer["errors"]


@pytest.mark.parametrize("name", sorted(set(QUERY.fields) - PRIVATE - {"node"}))
def test_nothing_below_a_public_root_field_is_refused_to_strangers(api: Api, name: str) -> None:
    world = World(UserFactory())
    world.grow()
    if is_leaf_type(get_named_type(QUERY.fields[name].type)):
        return
    kind = get_named_type(QUERY.fields[name].type)
    called = asked(name, gid(world.oldest.get(kind.name, world.viewer))).removesuffix(" { __typename }")
    answer = api.post(f"{{ {called} {columns(kind, 2)} }}")
    assert "errors" not in answer, answer["errors"]
    assert answer["data"][name] is not None


def test_each_refused_mutation_says_so_beside_its_data(api: Api) -> None:
    document = f"""mutation {{
      first: logOut(input: {{}}) {SESSION}
      second: addSkill(input: {{skillId: "x"}}) {SESSION}
    }}"""
    response = api.client.post("/graphql/", {"query": document}, content_type="application/json")
    answer = response.json()
    assert response.status_code == 200
    assert [payload["messages"] for payload in answer["data"].values()] == [[{"code": "UNAUTHENTICATED"}]] * 2
    told = [(error["path"], error["extensions"]["code"], error["message"]) for error in answer["errors"]]
    assert told == [(["first"], "UNAUTHENTICATED", "Log in first."), (["second"], "UNAUTHENTICATED", "Log in first.")]
    assert {error["extensions"]["requestId"] for error in answer["errors"]} == {response["X-Request-Id"]}


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
def test_the_status_is_200_whatever_the_client_accepts(api: Api, accept: str) -> None:
    response = api.client.post(
        "/graphql/",
        {"query": f"mutation {{ logOut(input: {{}}) {SESSION} }}"},
        content_type="application/json",
        headers={"Accept": accept},
    )
    assert (response.status_code, response.json()["errors"][0]["path"]) == (200, ["logOut"])


def test_other_refusals_are_in_the_data_alone(api_as: Any) -> None:
    answer = api_as(UserFactory()).post(f'mutation {{ addSkill(input: {{skillId: "x"}}) {SESSION} }}')
    assert answer["data"] == {"addSkill": {"__typename": "OperationInfo", "messages": [{"code": "NOT_FOUND"}]}}
    assert "errors" not in answer


def test_a_bad_token_is_an_error_of_the_whole_request(api: Api) -> None:
    answer = Client().post(
        "/graphql/",
        {"query": f"mutation {{ logOut(input: {{}}) {SESSION} }}"},
        content_type="application/json",
        headers={"Authorization": "Bearer nonsense"},
    )
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert answer.json().get("data") is None
