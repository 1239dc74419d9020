"""Limits of one document: at the limit it passes, one past it is refused, and refusing is quick."""

from __future__ import annotations

import time

import pytest
from graphql import get_introspection_query, parse

from graphql_api.errors import LimitExceeded
from graphql_api.limits import check
from tests.api import Api
from tests.factories import UserFactory


def nested(levels: int) -> str:
    return "a { " * (levels - 1) + "b" + " }" * (levels - 1)


@pytest.mark.parametrize(
    "shape", ["{{ {} }}", "{{ ... on Query {{ {} }} }}", "{{ ...F }} fragment F on Query {{ {} }}"]
)
def test_ten_levels_pass_and_eleven_are_refused_through_any_fragment(shape: str) -> None:
    check(parse(shape.format(nested(10))))
    with pytest.raises(LimitExceeded):
        check(parse(shape.format(nested(11))))


@pytest.mark.parametrize(("unit", "limit"), [("a{}: __typename ", 30), ("__typename @x ", 20), ("mutation", 4)])
def test_width_is_limited(unit: str, limit: int) -> None:
    def document(size: int) -> str:
        if unit == "mutation":
            return "mutation { " + " ".join(f"m{n}" for n in range(size)) + " }"
        return "{ " + "".join(unit.format(n) for n in range(size)) + "}"

    check(parse(document(limit)))
    with pytest.raises(LimitExceeded):
        check(parse(document(limit + 1)))


def test_one_guess_at_a_secret_per_request() -> None:
    check(parse("mutation { logIn }"))
    for document in (
        "mutation { logIn b: logIn }",
        "mutation { logIn refreshSession }",
        "mutation { ...F } fragment F on Mutation { logIn x }",
    ):
        with pytest.raises(LimitExceeded):
            check(parse(document))


@pytest.mark.parametrize("levels", [30, 300])
def test_fragments_that_spread_each_other_twice_cost_nothing(levels: int) -> None:
    chain = "".join(f"fragment f{n} on Q{{...f{n + 1} ...f{n + 1}}}" for n in range(levels))
    document = parse("{...f0}" + chain + f"fragment f{levels} on Q{{a}}")
    started = time.process_time()
    check(document)
    assert time.process_time() - started < 0.1


def test_a_chain_of_fragments_past_any_stack_is_refused_in_words(api: Api) -> None:
    chain = "".join(f"fragment f{n} on Query{{...f{n + 1}}}" for n in range(190))
    code = api.error_code("{...f0}" + chain + "fragment f190 on Query{ __typename }")
    assert code == "LIMIT_EXCEEDED"


def test_a_cycle_of_fragments_is_refused(api: Api) -> None:
    assert api.error_code("{...a} fragment a on Query{...b} fragment b on Query{...a}") == "GRAPHQL_VALIDATION_FAILED"


def test_more_than_a_thousand_tokens_are_refused(api: Api) -> None:
    assert api.error_code("{ a(b: [" + "1 " * 991 + "]) }") == "GRAPHQL_VALIDATION_FAILED"
    assert api.error_code("{ a(b: [" + "1 " * 992 + "]) }") == "LIMIT_EXCEEDED"


def test_introspection_is_for_whom_the_setting_says(api: Api, api_as, settings) -> None:
    question = "{ __schema { queryType { name } } }"
    api.ask(question)
    settings.INTROSPECTION = "staff"
    assert api.error_code(question) == "FORBIDDEN"
    assert (
        api_as(UserFactory()).error_code('{ ...F } fragment F on Query { __type(name: "User") { name } }')
        == "FORBIDDEN"
    )
    api_as(UserFactory(staff=True)).ask(question)
    settings.INTROSPECTION = "off"
    assert api_as(UserFactory(staff=True)).error_code(question) == "FORBIDDEN"


def test_the_introspection_query_of_graphiql_passes(api: Api) -> None:
    assert api.ask(get_introspection_query())["__schema"]["queryType"]["name"] == "Query"
