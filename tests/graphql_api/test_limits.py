"""Limits of one document: at the limit it passes, one past it is refused, and refusing is quick."""

from __future__ import annotations

import time

import pytest
from graphql import get_introspection_query, parse

from graphql_api.context import Context
from graphql_api.errors import LimitExceeded
from graphql_api.limits import check
from graphql_api.schema import schema
from tests.api import Api
from tests.factories import UserFactory
from tests.graphql_api.opportunities.documents import OPPORTUNITIES


def measure(document, **variables) -> int:
    return check(document, schema._schema, variables)


def nested(levels: int) -> str:
    return "a { " * (levels - 1) + "b" + " }" * (levels - 1)


@pytest.mark.parametrize(
    "shape", ["{{ {} }}", "{{ ... on Query {{ {} }} }}", "{{ ...F }} fragment F on Query {{ {} }}"]
)
def test_ten_levels_pass_and_eleven_are_refused_through_any_fragment(shape: str) -> None:
    measure(parse(shape.format(nested(10))))
    with pytest.raises(LimitExceeded):
        measure(parse(shape.format(nested(11))))


@pytest.mark.parametrize(("unit", "limit"), [("a{}: __typename ", 30), ("__typename @x ", 20), ("mutation", 4)])
def test_width_is_limited(unit: str, limit: int) -> None:
    def document(size: int) -> str:
        if unit == "mutation":
            return "mutation { " + " ".join(f"m{n}" for n in range(size)) + " }"
        return "{ " + "".join(unit.format(n) for n in range(size)) + "}"

    measure(parse(document(limit)))
    with pytest.raises(LimitExceeded):
        measure(parse(document(limit + 1)))


def test_one_guess_at_a_secret_per_request() -> None:
    measure(parse("mutation { logIn }"))
    for document in (
        "mutation { logIn b: logIn }",
        "mutation { logIn refreshSession }",
        "mutation { ...F } fragment F on Mutation { logIn x }",
    ):
        with pytest.raises(LimitExceeded):
            measure(parse(document))


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


@pytest.mark.parametrize("levels", [12, 30, 60])
@pytest.mark.parametrize("place", ["{opportunities{edges{node{...f0}}}}", "{node(id: 1){...f0}}", "{...f0}"])
def test_fragments_count_at_each_spread_wherever_they_stand(api: Api, place: str, levels: int) -> None:
    on = "Query" if place == "{...f0}" else "Opportunity"
    chain = "".join(f" fragment f{n} on {on}{{...f{n + 1} ...f{n + 1}}}" for n in range(levels))
    started = time.process_time()
    code = api.error_code(f"{place}{chain} fragment f{levels} on {on}{{__typename}}")
    assert code == "LIMIT_EXCEEDED"
    assert time.process_time() - started < 0.5


def page(size: int, inner: str) -> str:
    return f"applications(first: {size}) {{ edges {{ node {{ {inner} }} }} }}"


def opportunities(size: int, inner: str) -> str:
    return f"{{ opportunities(first: {size}) {{ edges {{ node {{ {inner} }} }} }} }}"


def test_pages_within_pages_multiply() -> None:
    measure(parse(opportunities(100, page(20, "id"))))
    with pytest.raises(LimitExceeded, match="too large"):
        measure(parse(opportunities(100, page(100, "id"))))
    with pytest.raises(LimitExceeded, match="too large"):
        measure(parse(opportunities(100, " ".join(f"a{n}: {page(20, 'id')}" for n in range(6)))))


def test_a_plain_list_that_says_how_long_it_is_counts_so_long() -> None:
    inner = f"opportunity {{ {page(20, 'id')} }}"
    measure(parse(f"{{ recommendedOpportunities(first: 50) {{ {inner} }} }}"))
    measure(parse(f"{{ recommendedOpportunities {{ {inner} }} }}"))
    deeper = f"opportunity {{ {page(100, 'volunteer { id }')} }}"
    with pytest.raises(LimitExceeded, match="too large"):
        measure(parse(f"{{ recommendedOpportunities(first: 50) {{ {deeper} }} }}"))
    variable = parse(f"query Q($n: Int) {{ trendingOpportunities(first: $n) {{ {page(100, 'volunteer { id }')} }} }}")
    measure(variable, n=10)
    with pytest.raises(LimitExceeded, match="too large"):
        measure(variable, n=50)


def test_the_size_of_a_page_may_come_in_a_variable() -> None:
    document = parse("query Q($n: Int!) " + opportunities(100, "applications(first: $n) { edges { node { id } } }"))
    measure(document, n=20)
    with pytest.raises(LimitExceeded):
        measure(document, n=100)


@pytest.mark.parametrize(
    "document",
    [
        "{ opportunity(id: 1) { roles { opportunity { roles { id } } } } }",
        "{ opportunity(id: 1) { roles { ...R } } } fragment R on Role { opportunity { ... { roles { id } } } }",
    ],
)
def test_a_list_below_itself_is_refused(document: str) -> None:
    with pytest.raises(LimitExceeded, match="below itself"):
        measure(parse(document))


def test_the_largest_page_of_the_contracts_list_passes() -> None:
    measure(parse(OPPORTUNITIES), first=100)


def test_the_context_knows_what_the_document_may_cost() -> None:
    context = Context(request=None, request_id="1", ip_address="")
    document = "{ opportunities(first: 7) { edges { node { title } } } a: opportunities { totalCount } }"
    schema.execute_sync(document, context_value=context)
    assert context.cost_requested == measure(parse(document)) > 0
