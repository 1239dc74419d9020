"""Limits of one document: at the limit it passes, one past it is refused, and refusing is little work."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from graphql import GraphQLError, get_introspection_query, parse

from graphql_api.checks.input_limits import check_variables
from graphql_api.checks.limits import MAX_COST, check
from graphql_api.checks.sizes import Size, Walk
from graphql_api.context import Context
from graphql_api.edge.operations import same_text
from graphql_api.errors import LimitExceeded
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
    assert api_as(UserFactory(staff=True)).error_code(question) == "FORBIDDEN"
    developer = UserFactory(staff=True, rights=["accounts.use_graphiql"])
    api_as(developer).ask(question)
    settings.INTROSPECTION = "off"
    assert api_as(developer).error_code(question) == "FORBIDDEN"


def test_the_introspection_query_of_graphiql_passes(api: Api) -> None:
    assert api.ask(get_introspection_query())["__schema"]["queryType"]["name"] == "Query"


@pytest.mark.parametrize("levels", [12, 30, 60])
@pytest.mark.parametrize("place", ["{opportunities{edges{node{...f0}}}}", "{node(id: 1){...f0}}", "{...f0}"])
def test_fragments_count_at_each_spread_wherever_they_stand(
    api: Api, monkeypatch: pytest.MonkeyPatch, place: str, levels: int
) -> None:
    measured: list[Any] = []
    measure_one = Walk._measure_one

    def counting(*given: Any) -> Size:
        measured.append(given)
        return measure_one(*given)

    monkeypatch.setattr(Walk, "_measure_one", counting)
    on = "Query" if place == "{...f0}" else "Opportunity"
    chain = "".join(f" fragment f{n} on {on}{{...f{n + 1} ...f{n + 1}}}" for n in range(levels))
    code = api.error_code(f"{place}{chain} fragment f{levels} on {on}{{__typename}}")
    assert code == "LIMIT_EXCEEDED"
    assert len(measured) <= 2 * levels + 10  # each selection once


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


SIZED = "query Q($n: Int %s) { opportunities(first: $n) { edges { node { id } } } }"


def sized(default: str = "", **variables: Any) -> int:
    """Return the cost of a page without that of sending its size."""
    return measure(parse(SIZED % default), **variables) - check_variables(variables)


@pytest.mark.parametrize(
    ("size", "items"),
    [(100, 100), (100.0, 100), (7.0, 7), (None, 20), (1, 1), (0, 1), (-5, 1), (2**40, 100)],
)
def test_the_size_of_a_page_counts_as_the_resolver_reads_it(size: Any, items: int) -> None:
    def fixed(number: int) -> int:
        return measure(parse(f"{{ opportunities(first: {number}) {{ edges {{ node {{ id }} }} }} }}"))

    assert sized(n=size) == fixed(items)


@pytest.mark.parametrize("size", ["5", "100", True, [5], {"a": 1}, 1.5])
def test_a_size_that_is_none_counts_as_the_largest_and_is_refused(api: Api, size: Any) -> None:
    assert sized(n=size) == sized(n=100)
    assert api.error_code(SIZED % "", n=size) == "BAD_USER_INPUT"


def test_the_default_of_a_variable_is_the_size_of_the_page_where_nothing_is_sent() -> None:
    assert sized("= 100") == sized(n=100) > sized(n=20)
    assert sized("= 100", n=20) == sized("= 100", n=None) == sized(n=20)


@pytest.mark.parametrize(
    ("field", "usual", "largest"),
    [
        ("recommendedOpportunities%s { score }", 10, 50),
        ("trendingOpportunities%s { id }", 10, 50),
        ("opportunities%s { edges { node { id } } }", 20, 100),
        ("me { applications%s { edges { node { id } } } }", 20, 100),
    ],
)
def test_a_list_that_is_not_told_how_long_to_be_is_as_long_as_it_is_then(field: str, usual: int, largest: int) -> None:
    def costs(given: str) -> int:
        return measure(parse("{ " + field % given + " }")) - bool(given)  # the size is a value too

    assert costs("") == costs("(first: null)") == costs(f"(first: {usual})")
    assert costs(f"(first: {largest})") == costs(f"(first: {largest + 1})") > costs(f"(first: {largest - 1})")


def test_the_log_of_a_conversation_is_a_hundred_events_where_nobody_says() -> None:
    costs = [
        measure(parse(f"{{ conversation(id: 1) {{ events(afterSequence: 0{given}) {{ __typename }} }} }}"))
        - bool(given)
        for given in ("", ", first: null", ", first: 100")
    ]
    assert costs[0] == costs[1] == costs[2]


def test_what_is_of_one_of_several_types_counts_as_the_costliest_of_them() -> None:
    def events(inner: str) -> int:
        return measure(parse(f"{{ conversation(id: 1) {{ events(afterSequence: 0) {{ {inner} }} }} }}"))

    sent, changed = "... on MessageSent { sequence }", "... on ParticipantsChanged { participants { displayName } }"
    assert events(f"{sent} {changed}") == events(changed) > events(sent)
    assert events(f"__typename {changed}") == events(changed) + 100
    assert events(f"{changed} {changed.replace('displayName', 'id')}") > events(changed)


def test_the_long_texts_of_one_document_are_bounded() -> None:
    """Twelve pages of a host's opportunities with what is done in their roles were 125 MB."""
    one = "host(id: 1) { opportunities(first: 100) { edges { node { roles { description } } } } }"
    measure(parse(f"{{ {one} b: {one} }}"))
    with pytest.raises(LimitExceeded, match="too wordy"):
        measure(parse(f"{{ {one} b: {one} c: {one} }}"))


def test_costly_root_fields_count_at_each_use() -> None:
    def recommended(times: int) -> str:
        return "{ " + " ".join(f"a{n}: recommendedOpportunities(first: 50) {{ score }}" for n in range(times)) + " }"

    one = measure(parse(recommended(1)))
    assert measure(parse(recommended(MAX_COST // one))) == MAX_COST // one * one
    with pytest.raises(LimitExceeded, match="too costly"):
        measure(parse(recommended(MAX_COST // one + 1)))


def test_only_the_operation_to_run_is_charged_and_all_are_limited() -> None:
    small, large = "query Small { __typename }", "query Large { recommendedOpportunities { score } }"
    costs = [check(parse(f"{small} {large}"), schema._schema, {}, name) for name in ("Small", "Large")]
    assert costs == [1, measure(parse(large))]
    with pytest.raises(LimitExceeded):
        check(parse(f"{small} query Deep {{ {nested(11)} }}"), schema._schema, {}, "Small")


async def test_a_subscription_begins_within_the_same_limits() -> None:
    pages = " ".join(f"a{n}: messages(first: 100) {{ edges {{ node {{ content }} }} }}" for n in range(7))
    for document, code in (
        (f"subscription {{ inboxEvents {{ conversation {{ {pages} }} }} }}", "LIMIT_EXCEEDED"),
        ("subscription { conversationEvents(conversationId: %s) { __typename } }" % ("1" * 5_000), "BAD_USER_INPUT"),
    ):
        context = Context(request=None, request_id="1", ip_address="")
        results: Any = await schema.subscribe(document, context_value=context)
        with pytest.raises(GraphQLError) as refused:
            await anext(results)
        assert (refused.value.extensions or {})["code"] == code


def test_the_texts_of_sockets_are_kept_once_and_few_of_them() -> None:
    texts = ["".join(["{ ", "__typename", " }"]) for _ in range(2)]
    assert texts[0] is not texts[1]
    assert same_text(texts[0]) is same_text(texts[1])
    for number in range(1_000):
        same_text(f"{{ a{number} }}")
    assert same_text.cache_info().currsize <= 256


def test_the_context_knows_what_the_document_may_cost() -> None:
    context = Context(request=None, request_id="1", ip_address="")
    document = "{ webPushKey a: webPushKey }"
    async_to_sync(schema.execute)(document, context_value=context)
    assert context.cost_requested == measure(parse(document)) > 0
