"""Every root field, every field that is worked out, every list and every long text has its place in the weights."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.validators import MaxLengthValidator
from django.db import models
from graphql import (
    GraphQLList,
    GraphQLObjectType,
    OperationDefinitionNode,
    OperationType,
    get_nullable_type,
    parse,
    separate_operations,
    validate,
)
from strawberry_django.utils.typing import get_django_definition

from graphql_api.checks.limits import check
from graphql_api.checks.weights import ASKED_AT_ONCE, FIELDS, LISTS, PAGES, TEXTS, length_of, text_of
from graphql_api.schema import schema
from tests.shared_data import OPERATIONS

DEFINITION = "strawberry-definition"
ROOTS = {"Query", "Mutation", "Subscription"}
#: A text with more characters than this is a long one.
LONG = 300


def fields() -> Iterator[tuple[str, str, Any]]:
    """Yield each field of the schema's objects: its type, its name, itself."""
    for type_name, kind in schema._schema.type_map.items():
        if isinstance(kind, GraphQLObjectType) and not type_name.startswith("__"):
            yield from ((type_name, name, one) for name, one in kind.fields.items())


def is_worked_out(one: Any) -> bool:
    """Tell whether the field is more than a column: it has a resolver, or its object's query computes it."""
    declared = one.extensions.get(DEFINITION)
    store = getattr(declared, "store", None)
    return getattr(declared, "base_resolver", None) is not None or bool(
        store and (store.annotate or store.prefetch_related)
    )


def is_list(one: Any) -> bool:
    return isinstance(get_nullable_type(one.type), GraphQLList)


def column_of(type_name: str, one: Any) -> Any:
    """Return the model's column of the same name, if there is one."""
    declared = one.extensions.get(DEFINITION)
    definition = get_django_definition(schema._schema.type_map[type_name].extensions[DEFINITION].origin)
    if definition is None:
        return None
    names = {field.name: field for field in definition.model._meta.get_fields() if isinstance(field, models.Field)}
    return names.get(getattr(declared, "django_name", None) or declared.python_name)


def test_every_root_field_and_every_field_that_is_worked_out_has_a_weight() -> None:
    without = [
        f"{type_name}.{name}"
        for type_name, name, one in fields()
        if (type_name in ROOTS or is_worked_out(one)) and not {f"{type_name}.{name}", f"*.{name}"} & FIELDS.keys()
    ]
    assert without == [], "give each a weight in graphql_api/checks/weights; `make weights` measures it"


def test_every_list_without_pages_is_counted_as_what_it_is() -> None:
    lists = {
        f"{type_name}.{name}"
        for type_name, name, one in fields()
        if is_list(one)
        and "first" not in one.args
        and not f"{type_name}.{name}".endswith(("Connection.edges", "Connection.nodes"))
    }
    assert lists == LISTS.keys()
    for name, length in LISTS.items():
        assert length.counted <= length.most <= 20 * length.counted, name
        assert length_of(*name.split(".")) == length.counted


def test_every_list_that_says_how_long_it_is_says_it_by_its_pages() -> None:
    plain = {f"{type_name}.{name}" for type_name, name, one in fields() if is_list(one) and "first" in one.args}
    assert plain == PAGES.keys()


def test_every_long_text_counts_as_long_as_it_may_be() -> None:
    for type_name, name, one in fields():
        column = column_of(type_name, one)
        if not isinstance(column, models.CharField | models.TextField) or column.choices:
            continue
        longest = column.max_length or max(
            (one.limit_value for one in column.validators if isinstance(one, MaxLengthValidator)), default=None
        )
        if longest is None:
            assert text_of(type_name, name), f"{type_name}.{name} may be of any length"
        elif longest > LONG:
            assert text_of(type_name, name) == longest, f"{type_name}.{name}"


def test_the_weights_name_nothing_that_is_not_there() -> None:
    named = {f"{type_name}.{name}" for type_name, name, _ in fields()}
    anywhere = {f"*.{name}" for _, name, _ in fields()}
    assert (FIELDS.keys() | LISTS.keys() | PAGES.keys() | TEXTS.keys() | ASKED_AT_ONCE) - named - anywhere == set()


def test_what_is_worked_out_for_each_object_takes_no_thread_for_each() -> None:
    """The library runs a plain function in a thread, which takes a millisecond: a second for a page of roles."""
    slow = [
        f"{type_name}.{name}"
        for type_name, name, one in fields()
        if type_name not in ROOTS
        and type(one.extensions.get(DEFINITION)).__name__ == "StrawberryDjangoField"
        and (resolver := one.extensions[DEFINITION].base_resolver) is not None
        and not inspect.iscoroutinefunction(resolver.wrapped_func)
    ]
    assert slow == []


def contract() -> Iterator[tuple[str, Any]]:
    """Yield the contract's documents that the schema serves."""
    if OPERATIONS.exists():
        for name, document in separate_operations(parse(OPERATIONS.read_text())).items():
            if not validate(schema._schema, document):
                yield name, document


@pytest.mark.parametrize("size", [None, 50, 100])
def test_the_documents_of_the_contract_are_within_the_limits_at_every_page(size: int | None) -> None:
    for name, document in contract():
        (operation,) = (one for one in document.definitions if isinstance(one, OperationDefinitionNode))
        asked = {one.variable.name.value for one in operation.variable_definitions or ()} & {"first", "last"}
        cost = check(document, schema._schema, {} if size is None else dict.fromkeys(asked, size))
        assert cost > 0, name


def test_ordinary_documents_are_far_from_the_greatest_cost() -> None:
    from graphql_api.checks.limits import MAX_COST

    for name, document in contract():
        (operation,) = (one for one in document.definitions if isinstance(one, OperationDefinitionNode))
        if operation.operation is OperationType.QUERY:
            assert check(document, schema._schema, {}) <= MAX_COST / 5, name
