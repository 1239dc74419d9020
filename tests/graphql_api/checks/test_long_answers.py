"""Answers that would be too long: they end while they are made, and nothing of what was made is sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import strawberry
from asgiref.sync import async_to_sync
from django.test import Client
from graphql import parse
from strawberry.types import ExecutionResult

from graphql_api.checks.answers import MIB, AnswerTooLong, OperationExecutor, encode_answer, encode_message
from graphql_api.context import Context
from graphql_api.live.selections import Selection
from tests.factories import OpportunityFactory

DOCUMENT = "{ opportunities(first: 20) { edges { node { title description } } } }"
#: What each resolver that was asked gave, and which were still at it when they were cancelled.
asked: list[str] = []
cancelled: list[str] = []


@strawberry.type
class Page:
    """Something to fill an answer with."""

    @strawberry.field
    def text(self, size: int = 100) -> str | None:
        """Give so much text."""
        asked.append("text")
        return "x" * size

    @strawberry.field
    def words(self) -> list[str]:
        """Give a list of what is no object."""
        return ["word"] * 100

    @strawberry.field
    async def slow(self, name: str) -> str:
        """Give something that takes for ever."""
        asked.append(name)
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cancelled.append(name)
            raise
        return name

    @strawberry.field
    async def soon(self, size: int = 100) -> str | None:
        """Give so much text a moment later."""
        await asyncio.sleep(0)
        return "x" * size

    @strawberry.field
    def nothing(self) -> str | None:
        """Give null."""
        return None

    @strawberry.field
    def pages(self, count: int) -> list[Page | None]:
        """Give so many pages."""
        return [Page() for _ in range(count)]


@strawberry.type
class Query(Page):
    """Pages from the start."""


@strawberry.type
class Mutation:
    """Acts, one after the other."""

    @strawberry.mutation
    def act(self, size: int = 1) -> Page | None:
        """Act."""
        asked.append("act")
        return Page()


@strawberry.type
class Subscription:
    """Pages as they come."""

    @strawberry.subscription
    async def page(self) -> AsyncIterator[Page]:
        """Give one page after the other."""
        yield Page()


schema = strawberry.Schema(Query, Mutation, Subscription, execution_context_class=OperationExecutor)


@pytest.fixture(autouse=True)
def _short(settings: Any) -> None:
    settings.MAX_ANSWER_BYTES = 2048
    asked.clear()
    cancelled.clear()


def run(document: str) -> ExecutionResult:
    result: ExecutionResult = async_to_sync(schema.execute)(document)
    return result


def too_long(result: Any) -> None:
    assert result.data is None
    (error,) = result.errors
    assert isinstance(error, AnswerTooLong), error
    assert error.extensions == {"code": "LIMIT_EXCEEDED"}


@pytest.mark.parametrize(
    "document",
    [
        "{ text(size: 3000) }",
        "{ pages(count: 100) { text } }",
        "{ pages(count: 100) { words } }",
        "{ pages(count: 100) { soon } }",
        "{ pages(count: 100) { nothing text(size: 0) } }",
        "{ pages(count: 1000) { __typename } }",
        "{ pages(count: 10) { pages(count: 10) { pages(count: 10) { text } } } }",
        "{ pages(count: 10) { text soon pages(count: 10) { soon text } } }",
        "{ text(size: 1000) " + " ".join(f"a{number}: text(size: 100)" for number in range(20)) + " }",
        "mutation { act { text(size: 3000) } }",
    ],
)
def test_it_is_refused_and_nothing_else_is_sent(document: str) -> None:
    too_long(run(document))


@pytest.mark.parametrize(
    "document", ["{ text(size: 2000) }", "{ pages(count: 15) { text } }", "{ pages(count: 15) { soon } }"]
)
def test_what_is_just_short_enough_passes(document: str) -> None:
    result = run(document)
    assert result.errors is None
    assert len(encode_answer({"data": result.data})) <= 2048


def test_text_is_counted_in_bytes(settings: Any) -> None:
    settings.MAX_ANSWER_BYTES = 350
    assert run("{ text(size: 300) }").errors is None
    executor: Any = OperationExecutor.build(schema._schema, parse("{ text }"))
    leaf = schema._schema.type_map["String"]
    with pytest.raises(AnswerTooLong):
        executor.complete_leaf_value(leaf, "ü" * 200)


def test_it_ends_as_soon_as_it_is_too_long() -> None:
    too_long(run("{ pages(count: 10000) { text(size: 100) } }"))
    assert len(asked) <= 2048 // 100 + 1


def test_a_mutation_after_one_whose_answer_is_too_long_is_not_begun() -> None:
    too_long(run("mutation { a: act { text(size: 3000) } b: act { text } }"))
    assert asked == ["act", "text"]


def test_what_else_is_waited_for_is_given_up() -> None:
    too_long(run('{ one: slow(name: "one") pages(count: 30) { soon two: slow(name: "two") } }'))
    assert set(asked) <= {"one", "two"}
    assert sorted(cancelled) == sorted(asked), "nobody is left at work"


def test_what_has_not_begun_never_begins() -> None:
    too_long(run('{ one: slow(name: "one") text(size: 3000) two: slow(name: "two") }'))
    assert asked == ["text"]


def test_the_text_itself_is_measured_too() -> None:
    controls = {"data": {"text": "\x01" * 1000}, "extensions": {"cost": {"requested": 1}}}
    answer = json.loads(encode_answer(controls))
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert answer["extensions"] == {"cost": {"requested": 1}}
    message = json.loads(encode_message({"id": "1", "type": "next", "payload": controls}))
    assert (message["id"], message["type"], message["payload"]["data"]) == ("1", "next", None)
    assert message["payload"]["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


def test_an_event_of_a_subscription_is_bounded_each_for_itself() -> None:
    nobody = Context(request=None, request_id="-", ip_address="")
    short = Selection(schema._schema, "subscription { page { text(size: 1500) } }", None, None, nobody)
    long = Selection(schema._schema, "subscription { page { text(size: 3000) } }", None, None, nobody)

    async def events() -> list[Any]:
        event = {"page": Page()}
        return [json.loads(await one.execute(event)) for one in (short, short, short, long)]

    *whole, refused = async_to_sync(events)()
    assert [len(event["data"]["page"]["text"]) for event in whole] == [1500] * 3
    assert refused["data"] is None
    assert refused["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


@pytest.mark.django_db
def test_a_client_is_told_what_to_do() -> None:
    for _ in range(20):
        OpportunityFactory(description="x" * 200)
    answer = Client().post("/graphql/", {"query": DOCUMENT}, content_type="application/json").json()
    assert answer["data"] is None
    (error,) = answer["errors"]
    assert error["message"] == "The answer is longer than 2048 bytes; ask for smaller pages."
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert error["extensions"]["requestId"]
    assert answer["extensions"]["cost"]["requested"] > 0


def test_the_limit_is_told_in_round_numbers(settings: Any) -> None:
    settings.MAX_ANSWER_BYTES = 4 * MIB
    assert str(AnswerTooLong()) == "The answer is longer than 4 MiB; ask for smaller pages."
