"""Whatever a client sends, nothing breaks: every query and mutation, asked by three viewers, valid and not.

`FUZZ_EXAMPLES=500 pytest tests/graphql_api/test_fuzz.py` looks further than CI does.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from graphql import GraphQLNonNull, get_named_type, is_abstract_type, is_leaf_type
from hypothesis import HealthCheck, given, seed, settings

from domains.accounts.models import UserType
from graphql_api.schema import schema
from tests.api import Api, gid
from tests.cache import forget
from tests.examples import examples
from tests.factories import UserFactory
from tests.fuzz.documents import Request, requests
from tests.graphql_api.test_every_list_costs_the_same import World

QUERY: Any = schema._schema.query_type
MUTATION: Any = schema._schema.mutation_type
NODE: Any = schema._schema.type_map["Node"]
#: The models that the schema shows as nodes.
SHOWN = {kind.name for kind in schema._schema.get_possible_types(NODE)}
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", examples(8)))
VIEWERS = (
    pytest.param("stranger", marks=pytest.mark.thorough),
    "volunteer",
    pytest.param("owner", marks=pytest.mark.thorough),
)
#: What no answer may show of the server.
INSIDES = re.compile(r"Traceback|psycopg|sqlite3|SELECT |INSERT |site-packages|File \\\"|/usr/|/w[o]rk/|object at 0x")


@dataclass
class Town:
    """A small world and those who look at it."""

    world: World
    viewers: dict[str, Api]
    rows: list[Any]

    @property
    def ids(self) -> dict[str, list[str]]:
        """The ids of the rows, by their types."""
        ids: defaultdict[str, list[str]] = defaultdict(list)
        for row in self.rows:
            ids[type(row).__name__].append(gid(row))
        return ids

    def answer(self, viewer: str, request: Request) -> Any:
        """Send the request; whatever it changes is taken back."""
        api = self.viewers[viewer]
        forget()  # no request is refused for what came before it
        with transaction.atomic():
            response = api.client.post(
                "/graphql/", request.body(), content_type="application/json", headers=api._headers()
            )
            transaction.set_rollback(True)
        return response


@pytest.fixture
def town(db: None) -> Town:
    owner = UserFactory(user_type=UserType.BOTH, is_staff=True)
    world = World(owner)
    world.grow()
    viewers = {
        "stranger": Api(Client(raise_request_exception=False)),
        "volunteer": Api(Client(raise_request_exception=False), UserFactory()),
        "owner": Api(Client(raise_request_exception=False), owner),
    }
    for api in viewers.values():
        api._headers()  # begins the session
    rows = [row for model in apps.get_models() if model.__name__ in SHOWN for row in model._default_manager.all()[:3]]
    return Town(world, viewers, rows)


def check(request: Request, response: Any) -> None:
    """Assert that the answer is JSON, blames the client and shows nothing of the server."""
    text = response.content.decode()
    assert response.status_code < 500, (request, text)
    answer = response.json()
    found = [error["extensions"]["code"] for error in answer.get("errors") or []]
    assert "INTERNAL" not in found, (request, text)
    assert not INSIDES.search(text), (request, text)


def fuzzed(operation: str, root: str, town: Town, viewer: str) -> None:
    @seed(int.from_bytes(f"{root} {viewer}".encode(), "big"))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(operation, root, town.ids))
    def ask(request: Request) -> None:
        check(request, town.answer(viewer, request))

    ask()


@pytest.mark.parametrize("root", sorted(QUERY.fields))
@pytest.mark.parametrize("viewer", VIEWERS)
def test_no_query_breaks_the_server(town: Town, viewer: str, root: str) -> None:
    fuzzed("query", root, town, viewer)


@pytest.mark.parametrize("root", sorted(MUTATION.fields))
@pytest.mark.parametrize("viewer", VIEWERS)
def test_no_mutation_breaks_the_server(town: Town, viewer: str, root: str) -> None:
    fuzzed("mutation", root, town, viewer)


@pytest.mark.parametrize("viewer", VIEWERS)
def test_every_field_of_every_node_answers_every_viewer(town: Town, viewer: str) -> None:
    """Each way from a node to each of its fields, with what lies below."""
    for kind in schema._schema.get_possible_types(NODE):
        for key in town.ids[kind.name]:
            for name, one in kind.fields.items():
                request = Request(f'{{ node(id: "{key}") {{ ... on {kind.name} {{ {asked(name, one, 3)} }} }} }}', {})
                check(request, town.answer(viewer, request))


def asked(name: str, one: Any, levels: int) -> str:
    """Return the selection of a field with all leaves below it, for so many levels."""
    if any(isinstance(argument.type, GraphQLNonNull) for argument in one.args.values()):
        return "__typename"
    first = "(first: 2)" if "first" in one.args else ""
    named = get_named_type(one.type)
    return f"{name}{first}" if is_leaf_type(named) else f"{name}{first} {leaves(named, levels)}"


def leaves(kind: Any, levels: int) -> str:
    if is_abstract_type(kind):
        possible = schema._schema.get_possible_types(kind)
        inner = (f"... on {one.name} {leaves(one, levels)}" for one in possible)
        return "{ __typename " + " ".join(inner) + " }"
    parts = ["__typename"]
    for name, one in kind.fields.items():
        if is_leaf_type(get_named_type(one.type)) or (levels and name in {"edges", "node"}):
            parts.append(asked(name, one, levels - 1))
    return "{ " + " ".join(parts) + " }"
