"""What is executed once for all who select the same, and what is not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from graphql_api.context import Context
from graphql_api.live.selections import SAME_FOR_ALL, Item, Selection, is_same_for_all, select
from graphql_api.schema import schema
from tests.graphql_api.messaging.documents import FOLLOW

CORE = schema._schema
AROUND = 'subscription { conversationEvents(conversationId: "x") { %s } }'


@pytest.mark.parametrize(
    "document",
    [
        FOLLOW,
        AROUND % "__typename ... on MessageSent { again: sequence message { content sender { id } } }",
        AROUND % "... on MessageSent { message { attachments { url } reactions { emoji reactedByMe } } }",
    ],
)
def test_what_shows_everybody_the_same_is_shared(document: str) -> None:
    assert is_same_for_all(CORE, document, None)


@pytest.mark.parametrize(
    "document",
    [
        AROUND % "... on MessageSent { message { conversation { unreadCount } } }",
        AROUND % "... on MessageSent { message { sender { email } } }",
        AROUND % "... on ParticipantsChanged { participants { skills { id } } }",
        "subscription ($yes: Boolean!) "
        '{ conversationEvents(conversationId: "x") { ... on MessageSent @include(if: $yes) { sequence } } }',
        "subscription { inboxEvents { event { __typename } } }",
        "subscription A { inboxEvents { __typename } } subscription B { inboxEvents { __typename } }",
        AROUND % "...Deep" + " fragment Deep on MessageSent { message { ...Deeper } }"
        " fragment Deeper on Message { sender { isVerified email } }",
    ],
)
def test_what_may_differ_by_who_asks_is_not(document: str) -> None:
    assert not is_same_for_all(CORE, document, None)


def test_every_name_on_the_list_is_in_the_schema() -> None:
    for type_name, fields in SAME_FOR_ALL.items():
        kind: Any = CORE.get_type(type_name)
        assert fields <= set(kind.fields), type_name


def make_context() -> Context:
    return Context(request=None, request_id="-", ip_address="-")


async def test_all_equal_selections_get_one_execution(monkeypatch: pytest.MonkeyPatch) -> None:
    executed: list[Selection] = []

    async def execute(self: Selection, event: Any) -> str:
        executed.append(self)
        await asyncio.sleep(0.01)
        return "{}"

    monkeypatch.setattr(Selection, "execute", execute)
    selections = [select(CORE, FOLLOW, None, {"conversationId": str(n)}, make_context()) for n in range(20)]
    item = Item(value=None, is_same_for_all=True)
    await asyncio.gather(*(item.payload(selection) for selection in selections))
    assert executed == [selections[0].shared]
    own = Item(value=None, is_same_for_all=False)
    await asyncio.gather(*(own.payload(selection) for selection in selections))
    assert executed[1:] == selections


async def test_who_goes_away_while_it_is_worked_out_takes_it_from_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async def execute(self: Selection, event: Any) -> str:
        await asyncio.sleep(0.05)
        return "{}"

    monkeypatch.setattr(Selection, "execute", execute)
    selections = [select(CORE, FOLLOW, None, {}, make_context()) for _ in range(2)]
    item = Item(value=None, is_same_for_all=True)
    first, second = (asyncio.create_task(item.payload(one)) for one in selections)
    await asyncio.sleep(0.01)
    first.cancel()
    assert await second == "{}"
