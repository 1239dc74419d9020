"""What a client may send: too much is refused before it is coerced, in a sentence that names the field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLList, get_named_type, get_nullable_type, parse

from graphql_api.checks import input_limits, limits
from graphql_api.checks.input_limits import (
    MAX_MARKS,
    MAX_TEXT,
    MAX_VALUES,
    check_variables,
    holds_too_many_values,
    max_items_of,
)
from graphql_api.errors import BadUserInput, LimitExceeded
from graphql_api.schema import schema
from tests.api import Api, codes
from tests.factories import UserFactory
from tests.graphql_api.opportunities.documents import CREATE_OPPORTUNITY
from tests.sql import statements_of

TYPES: Any = schema._schema.type_map
ID = "U2tpbGw6MQ=="
LIST = "query Q($filters: OpportunityFilter, $ordering: [OpportunityOrder!]) { %s }"
FIELD = "opportunities(filters: $filters, ordering: $ordering, first: 1) { totalCount }"
ALIASED = LIST % " ".join(f"a{number}: {FIELD}" for number in range(30))


@pytest.fixture
def never_coerced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coercing a variable fails the test."""

    def coerce(*_: Any) -> Any:
        raise AssertionError("the variables are coerced")

    monkeypatch.setattr("graphql.execution.values.coerce_input_value", coerce)


def lists() -> Iterator[tuple[str, Any]]:
    """Yield each list that a client can send, with its declaration."""
    for name, kind in TYPES.items():
        if isinstance(kind, GraphQLInputObjectType):
            yield from ((f"{name}.{field}", one) for field, one in kind.fields.items())
        elif not name.startswith("__"):
            for field, one in getattr(kind, "fields", {}).items():
                yield from ((f"{name}.{field}({argument})", given) for argument, given in one.args.items())


LISTS = [(name, one) for name, one in lists() if isinstance(get_nullable_type(one.type), GraphQLList)]


@pytest.mark.parametrize(("name", "one"), LISTS, ids=[name for name, _ in LISTS])
def test_every_list_that_a_client_sends_has_a_maximum_and_says_so(name: str, one: Any) -> None:
    most = max_items_of(one)
    assert most is not None, f"{name} takes any number of items: declare it by `list_field` or `at_most`"
    assert one.description.endswith(f" At most {most.items}.")
    assert most.items <= most.refused_above <= 2 * most.items
    assert get_nullable_type(one.type).of_type.of_type == get_named_type(one.type), "a list of lists has no maximum"


@pytest.mark.usefixtures("never_coerced")
@pytest.mark.parametrize(
    ("document", "variables", "code", "named"),
    [
        (ALIASED, {"ordering": [{"title": "ASC"}] * 45_000}, "LIMIT_EXCEEDED", "values"),
        (ALIASED, {"filters": {"skillIds": [ID] * 38_000}}, "LIMIT_EXCEEDED", "values"),
        (ALIASED, {"unused": [[[1]]] * 9_000}, "LIMIT_EXCEEDED", "values"),
        (ALIASED, {f"v{number}": 1 for number in range(7_000)}, "LIMIT_EXCEEDED", "values"),
        (ALIASED, {"ordering": [{"title": "ASC"}] * 6}, "BAD_USER_INPUT", "`ordering`"),
        (ALIASED, {"filters": {"skillIds": [ID] * 51}}, "BAD_USER_INPUT", "`filters.skillIds`"),
        (ALIASED, {"filters": {"causeIds": [None] * 21}}, "BAD_USER_INPUT", "`filters.causeIds`"),
        (ALIASED, {"filters": {"source": "x" * (MAX_TEXT + 1)}}, "BAD_USER_INPUT", "`filters.source`"),
        (LIST % "...F" + f" fragment F on Query {{ {FIELD} }}", {"ordering": [{}] * 6}, "BAD_USER_INPUT", "`ordering`"),
        (
            "query Q($ids: [ID!]) { opportunities(filters: { skillIds: $ids }) { totalCount } }",
            {"ids": [ID] * 51},
            "BAD_USER_INPUT",
            "`filters.skillIds`",
        ),
        (
            "query Q($o: [OpportunityOrder!] = [%s]) { opportunities(ordering: $o) { totalCount } }"
            % ("{ title: ASC } " * 6),
            {},
            "BAD_USER_INPUT",
            "`ordering`",
        ),
        (
            "{ opportunities(ordering: [%s]) { totalCount } }" % ("{ title: ASC } " * 6),
            {},
            "BAD_USER_INPUT",
            "ordering",
        ),
        (
            "{ opportunities(filters: { causeIds: [%s] }) { totalCount } }" % ("1 " * 21),
            {},
            "BAD_USER_INPUT",
            "causeIds",
        ),
        (CREATE_OPPORTUNITY, {"input": {"roles": [{}] * 25_000}}, "LIMIT_EXCEEDED", "values"),
        (CREATE_OPPORTUNITY, {"input": {"roles": [{}] * 101}}, "BAD_USER_INPUT", "`input.roles`"),
        (CREATE_OPPORTUNITY, {"input": {"roles": [{"skills": [{}] * 101}]}}, "BAD_USER_INPUT", "`input.roles.skills`"),
    ],
)
def test_too_much_is_refused_before_it_is_coerced_and_before_any_sql(
    api: Api, document: str, variables: dict[str, Any], code: str, named: str
) -> None:
    answers: list[Any] = []
    assert statements_of(lambda: answers.append(api.post(document, variables))) == []
    (error,) = answers[0]["errors"]
    assert (error["extensions"]["code"], answers[0].get("data")) == (code, None)
    assert named in error["message"]


def test_lists_of_the_greatest_length_are_read(api: Api) -> None:
    ordering = [{"title": "ASC"}, {"startDate": "DESC"}, {"createdAt": "ASC"}]
    api.ask(LIST % FIELD, filters={"skillIds": [ID] * 50, "causeIds": ["Q2F1c2U6MQ=="] * 20}, ordering=ordering)
    api.ask("query Q($o: OpportunityOrder!) { opportunities(ordering: [$o]) { totalCount } }", o={"title": "ASC"})
    api.ask("{ opportunities(ordering: { title: ASC }) { totalCount } }")


def test_a_little_too_long_is_for_the_service_to_answer(api_as: Any) -> None:
    document = "mutation M($input: StartConversationInput!) { startConversation(input: $input) { __typename ...P } }"
    document += " fragment P on OperationInfo { messages { code } }"
    people = [f"{number}" for number in range(251)]
    assert codes(api_as(UserFactory()).act(document, participantIds=people)) != []


def test_no_more_values_are_looked_at_than_there_may_be() -> None:
    looked_at = 0

    class Counting(list[Any]):
        def __iter__(self) -> Iterator[Any]:
            nonlocal looked_at
            for one in super().__iter__():
                looked_at += 1
                yield one

    assert check_variables({"a": Counting([1] * (MAX_VALUES - 1))}) == MAX_VALUES
    assert looked_at == MAX_VALUES - 1
    for variables in ({"a": Counting([1] * MAX_VALUES)}, {"a": Counting([Counting([1] * 3_000)] * 2)}):
        looked_at = 0
        with pytest.raises(LimitExceeded):
            check_variables(variables)
        assert looked_at <= MAX_VALUES


def test_values_nested_past_any_stack_are_counted_without_one() -> None:
    deep: Any = 1
    for _ in range(4_000):
        deep = [deep]
    assert check_variables({"deep": deep}) == 4_001


def cost(document: str, **variables: Any) -> int:
    return limits.check(parse(document), schema._schema, variables)


def test_a_variable_counts_at_each_use_and_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    count = input_limits._count_given

    def counting(*given: Any) -> int:
        looked_at.append(given[2])
        return count(*given)

    monkeypatch.setattr(input_limits, "_count_given", counting)
    few, many = {"skillIds": [ID]}, {"skillIds": [ID] * 41}
    once = cost(LIST % FIELD, filters=many) - cost(LIST % FIELD, filters=few)
    assert once == 2 * 40  # once as a value that was sent, once as an argument
    looked_at.clear()
    assert cost(ALIASED, filters=many) - cost(ALIASED, filters=few) == 40 + 30 * 40
    assert looked_at == 2 * ["filters", "filters.skillIds"]


def test_a_variable_counts_at_each_spread_of_its_fragment() -> None:
    spread = LIST % "%s" + f" fragment F on Query {{ {FIELD} }}"
    few, many = {"skillIds": [ID]}, {"skillIds": [ID] * 41}
    costs = [
        cost(spread % ("...F " * times), filters=many) - cost(spread % ("...F " * times), filters=few)
        for times in (1, 3)
    ]
    assert costs == [40 + 40, 40 + 3 * 40]


def test_a_default_counts_at_each_use_and_for_each_parent() -> None:
    document = "query Q($o: [OpportunityOrder!] = [%s]) { %s }"
    uses = [f"a{number}: opportunities(ordering: $o) {{ totalCount }}" for number in range(4)]
    costs = [cost(document % ("{ title: ASC } " * items, " ".join(uses))) for items in (1, 5)]
    assert costs[1] - costs[0] == 4 * 4 * 2


@pytest.mark.parametrize("number", ["1" * 5_000, "-" + "9" * 4_400, "1" * 21])
@pytest.mark.parametrize(
    "document",
    [
        "{{ opportunities(first: {0}) {{ totalCount }} }}",
        "{{ opportunity(id: {0}) {{ id }} }}",
        "query Q($n: Int = {0}) {{ opportunities(first: $n) {{ totalCount }} }}",
        "{{ __typename @include(if: {0}) }}",
        "{{ opportunities(filters: {{ skillIds: [{0}] }}) {{ totalCount }} }}",
    ],
)
def test_an_endless_number_in_a_document_is_bad_input(api: Api, document: str, number: str) -> None:
    assert api.error_code(document.format(number)) == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "number", ["1" * 5_000, "1" * 400, "1" * 25, "1e400", "1e5000", "1" * 5_000 + ".5", "1" * 400 + "e1"]
)
@pytest.mark.parametrize("kind", ["Int", "ID", "String", "DateTime", "OpportunityFilter"])
def test_an_endless_number_in_the_variables_is_bad_input(api: Api, kind: str, number: str) -> None:
    uses = {
        "Int": "opportunities(first: $v) { totalCount }",
        "ID": "node(id: $v) { id }",
        "String": "opportunities(filters: { source: $v }) { totalCount }",
        "DateTime": "opportunities(filters: { startsAfter: $v }) { totalCount }",
        "OpportunityFilter": "opportunities(filters: $v) { totalCount }",
    }
    needed = "!" if kind == "ID" else ""
    document = f"query Q($v: {kind}{needed}) {{ {uses[kind]} }}"
    body = f'{{"query": "{document}", "variables": {{"v": {number}}}}}'
    response = api.client.post("/graphql/", body, content_type="application/json")
    assert response.status_code < 500
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("number", ["1e5000", "9" * 400 + ".5", "-1e999"])
def test_a_float_that_is_none_in_a_document_is_bad_input(api: Api, number: str) -> None:
    assert api.error_code(f"{{ opportunities(first: {number}) {{ totalCount }} }}") == "BAD_USER_INPUT"


def test_a_message_names_the_list_and_its_maximum() -> None:
    with pytest.raises(BadUserInput, match=r"`filters.skillIds` has 51 items: at most 50\."):
        cost(LIST % FIELD, filters={"skillIds": [ID] * 51})


def in_variables(value: str) -> str:
    return f'{{"query": "{{ a }}", "variables": {{"a": {value}}}}}'


@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        (in_variables(f"[{', '.join('1' * MAX_MARKS)}]"), True),
        (in_variables(f"[{', '.join('1' * MAX_VALUES)}]"), False),
        (in_variables(f"[{', '.join(['{}'] * MAX_MARKS)}]"), True),
        ("[" * (MAX_MARKS + 1), True),
        (in_variables('",[{"'.replace(",[{", ",[{" * MAX_MARKS)), False),
        (in_variables('"' + ",[{" * MAX_MARKS + r"\\" + '", "b": "' + r"\",[" * MAX_MARKS + '"'), False),
        (in_variables('"' + r"\ud800" + "," * MAX_MARKS + '"'), False),
    ],
    ids=["numbers", "as many as may be", "objects", "brackets", "a text", "texts with quotes", "half a character"],
)
def test_json_of_too_many_values_is_not_even_read(text: str, is_refused: bool) -> None:
    assert holds_too_many_values(text) is is_refused
    assert holds_too_many_values(text.encode(errors="surrogatepass")) is is_refused
