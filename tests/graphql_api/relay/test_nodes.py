"""`nodes` beside `edges`: the same rows, and not one statement more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from graphql import get_named_type

from graphql_api.checks.limits import MAX_OBJECTS
from graphql_api.schema import schema
from tests.api import Api, gid
from tests.factories import (
    ApplicationFactory,
    HostMembershipFactory,
    OpportunityFactory,
    OpportunityHostFactory,
    RoleFactory,
    RoleSkillFactory,
    UserFactory,
    conversation_between,
    owner_of,
)
from tests.sql import statements_of

pytestmark = pytest.mark.django_db

CORE: Any = schema._schema
ROW = "id title host { organizationName members { role } } roles { title skills { skill { name } } }"
#: The ways to ask for the rows: straight, by another name, by fragments, beside edges, with other arguments there.
WAYS = {
    "straight": f"nodes {{ {ROW} }}",
    "renamed": f"rows: nodes {{ {ROW} }}",
    "in fragments": "... on OpportunityConnection { ...Rows } } } fragment Rows on OpportunityConnection { ... "
    + f"{{ nodes {{ {ROW} }}",
}


@pytest.fixture
def grow(db: None) -> Callable[[], None]:
    def add() -> None:
        opportunity = OpportunityFactory()
        HostMembershipFactory(host=opportunity.host)
        for _ in range(2):
            RoleSkillFactory(role=RoleFactory(opportunity=opportunity))

    return add


def test_every_connection_has_both() -> None:
    connections = [kind for name, kind in CORE.type_map.items() if name.endswith("Connection")]
    assert len(connections) >= 7
    for connection in connections:
        edge = get_named_type(connection.fields["edges"].type)
        assert get_named_type(connection.fields["nodes"].type) is get_named_type(edge.fields["node"].type)


@pytest.mark.parametrize("way", WAYS)
def test_the_rows_are_those_of_the_edges_at_the_same_price(api: Api, grow: Callable[[], None], way: str) -> None:
    by_edges, by_nodes = (
        f"{{ opportunities {{ edges {{ node {{ {ROW} }} }} }} }}",
        f"{{ opportunities {{ {WAYS[way]} }} }}",
    )
    costs = []
    for number in (1, 4):
        for _ in range(number):
            grow()
        edges = api.ask(by_edges)["opportunities"]["edges"]
        (nodes,) = api.ask(by_nodes)["opportunities"].values()
        assert nodes == [edge["node"] for edge in edges]
        costs += [len(statements_of(lambda: api.ask(by_edges))), len(statements_of(lambda: api.ask(by_nodes)))]
    assert len(edges) == 5
    assert len(set(costs)) == 1, costs


def test_both_at_once_with_different_arguments_read_each_row_once(api: Api, grow: Callable[[], None]) -> None:
    for _ in range(3):
        grow()
    both = api.ask(
        "{ opportunities(first: 2) { nodes { id title } edges { node { id status } } pageInfo { hasNextPage } } }"
    )
    page = both["opportunities"]
    assert [node["id"] for node in page["nodes"]] == [edge["node"]["id"] for edge in page["edges"]]
    assert len(page["nodes"]) == 2
    assert page["pageInfo"] == {"hasNextPage": True}
    assert len(statements_of(lambda: api.ask("{ opportunities { nodes { id } edges { node { title } } } }"))) == 1


def test_nested_pages_cost_the_same_by_either(api_as: Any) -> None:
    host = OpportunityHostFactory()
    api = api_as(owner_of(host))
    costs = []
    for applicants in (1, 5, 3):
        role = RoleFactory(opportunity=OpportunityFactory(host=host))
        for _ in range(applicants):
            ApplicationFactory(role=role)
        row = "{ id volunteer { displayName } }"
        by_edges = (
            f"{{ opportunities {{ edges {{ node {{ applications(first: 2) {{ edges {{ node {row} }} }} }} }} }} }}"
        )
        by_nodes = f"{{ opportunities {{ nodes {{ applications(first: 2) {{ nodes {row} }} }} }} }}"
        edges = [edge["node"]["applications"]["edges"] for edge in api.ask(by_edges)["opportunities"]["edges"]]
        nodes = [node["applications"]["nodes"] for node in api.ask(by_nodes)["opportunities"]["nodes"]]
        assert nodes == [[edge["node"] for edge in page] for page in edges]
        costs.append([len(statements_of(lambda: api.ask(by_edges))), len(statements_of(lambda: api.ask(by_nodes)))])  # noqa: B023
    assert costs[0] == costs[-1]
    assert len({cost for pair in costs for cost in pair}) == 1, costs


def test_an_empty_page_and_one_of_skipped_nodes_are_fine(api: Api, grow: Callable[[], None]) -> None:
    assert api.ask("{ hosts { nodes { id } totalCount } }") == {"hosts": {"nodes": [], "totalCount": 0}}
    grow()
    skipped = api.ask("query ($no: Boolean!) { opportunities { nodes @include(if: $no) { id } totalCount } }", no=False)
    assert skipped == {"opportunities": {"totalCount": 1}}


def test_the_limit_on_objects_counts_them_like_edges(api: Api) -> None:
    deep = "{{ opportunities(first: 100) {{ {0} }} }}"
    inner = "host { opportunities(first: 100) { %s } }"
    by_edges = deep.format("edges { node { " + inner % "edges { node { id } }" + " } }")
    by_nodes = deep.format("nodes { " + inner % "nodes { id }" + " }")
    assert MAX_OBJECTS <= 100 * 100
    assert [api.error_code(document) for document in (by_edges, by_nodes)] == ["LIMIT_EXCEEDED"] * 2
    assert gid(OpportunityHostFactory())


TALK = "opportunity { id roles { id skills { skill { id } } } }"


@pytest.mark.parametrize(
    "selection",
    [
        f"edges {{ node {{ {TALK} }} }} nodes {{ {TALK} }}",
        f"a: edges {{ node {{ {TALK} }} }} edges {{ node {{ {TALK} }} }}",
        f"edges {{ a: node {{ {TALK} }} node {{ {TALK} }} }}",
        f"a: nodes {{ {TALK} }} nodes {{ {TALK} }}",
        f"nodes {{ a: {TALK} {TALK} }}",
    ],
)
def test_the_same_rows_may_be_asked_for_twice(api_as: Callable[[Any], Api], selection: str) -> None:
    me, role = UserFactory(), RoleSkillFactory().role
    conversation_between(me, UserFactory(), opportunity=role.opportunity)
    answer = str(api_as(me).ask(f"{{ conversations {{ {selection} }} }}"))
    assert answer.count(gid(role)) == answer.count(gid(role.role_skills.get().skill)) == 2
