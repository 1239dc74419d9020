"""Connections below a list: one statement for all parents, and the page each parent would have had alone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from domains.messaging.services import send_message
from tests.api import gid
from tests.factories import (
    ApplicationFactory,
    OpportunityFactory,
    OpportunityHostFactory,
    RoleFactory,
    UserFactory,
    conversation_between,
    owner_of,
)
from tests.sql import statements_of

PAGE = "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id } }"


def of_list(arguments: str) -> str:
    return f"{{ opportunities {{ edges {{ node {{ id applications{arguments} {{ {PAGE} }} }} }} }} }}"


def of_one(arguments: str) -> str:
    return f"query One($id: ID!) {{ opportunity(id: $id) {{ id applications{arguments} {{ {PAGE} }} }} }}"


@pytest.fixture
def owner(db: None) -> Any:
    host = OpportunityHostFactory()
    for applicants in (0, 1, 3, 5):
        role = RoleFactory(opportunity=OpportunityFactory(host=host))
        for _ in range(applicants):
            ApplicationFactory(role=role)
    return owner_of(host)


@pytest.mark.parametrize("arguments", ["", "(first: 2)", "(last: 2)", "(first: 3)", "(first: 100)"])
def test_each_parent_has_the_page_it_would_have_alone(owner: Any, api_as: Any, arguments: str) -> None:
    api = api_as(owner)
    together = [edge["node"] for edge in api.ask(of_list(arguments))["opportunities"]["edges"]]
    alone = [api.ask(of_one(arguments), id=node["id"])["opportunity"] for node in together]
    assert together == alone
    assert [node["applications"]["totalCount"] for node in together] == [0, 1, 3, 5]


@pytest.mark.parametrize("direction", ["first: 2, after", "last: 2, before"])
def test_a_cursor_bounds_each_parents_rows_alike(owner: Any, api_as: Any, direction: str) -> None:
    api = api_as(owner)
    nodes = [edge["node"] for edge in api.ask(of_list("(first: 100)"))["opportunities"]["edges"]]
    cursor = nodes[2]["applications"]["edges"][1]["cursor"]
    arguments = f'({direction}: "{cursor}")'
    together = [edge["node"] for edge in api.ask(of_list(arguments))["opportunities"]["edges"]]
    assert together == [api.ask(of_one(arguments), id=node["id"])["opportunity"] for node in together]


def test_five_parents_cost_what_one_costs(api_as: Any) -> None:
    host = OpportunityHostFactory()
    api = api_as(owner_of(host))

    def add() -> None:
        role = RoleFactory(opportunity=OpportunityFactory(host=host))
        ApplicationFactory(role=role)
        ApplicationFactory(role=role)

    document = """{ opportunities { edges { node { applications(first: 1) {
        totalCount edges { node { volunteer { displayName } role { title } history { toStatus } } } } } } } }"""
    add()
    api.ask(document)
    one = statements_of(lambda: api.ask(document))
    for _ in range(4):
        add()
    five = statements_of(lambda: api.ask(document))
    assert len(five) == len(one), "\n".join(five)


def test_the_last_words_of_five_conversations_cost_what_those_of_one_cost(api_as: Any) -> None:
    viewer = UserFactory()
    api = api_as(viewer)

    def add() -> None:
        conversation = conversation_between(viewer, UserFactory())
        for number in range(3):
            send_message(
                actor=viewer,
                conversation_id=conversation.pk,
                content=f"number {number}",
                client_id=uuid4(),
            )

    document = """{ conversations { edges { node { messages(last: 2) {
        totalCount edges { node { content sender { displayName } } } } } } } }"""
    add()
    api.ask(document)
    one = statements_of(lambda: api.ask(document))
    for _ in range(4):
        add()
    five = statements_of(lambda: api.ask(document))
    assert len(five) == len(one), "\n".join(five)
    for edge in api.ask(document)["conversations"]["edges"]:
        messages = edge["node"]["messages"]
        assert messages["totalCount"] == 3
        assert [message["node"]["content"] for message in messages["edges"]] == ["number 1", "number 2"]


def test_below_a_list_others_still_see_their_own_applications_only(owner: Any, api_as: Any) -> None:
    stranger = UserFactory()
    mine = ApplicationFactory(volunteer=stranger)
    nodes = [edge["node"] for edge in api_as(stranger).ask(of_list(""))["opportunities"]["edges"]]
    seen = [edge["node"]["id"] for node in nodes for edge in node["applications"]["edges"]]
    assert seen == [gid(mine)]
