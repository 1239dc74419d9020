"""Limits on the input of a request: the values of the variables, and the items of each list.

Coercion is expensive: it makes an object of each value, for each use of a variable. So the limits are checked before
anything is coerced, and the check reads no more values than the limits allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import (
    ArgumentNode,
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_nullable_type,
)
from graphql.utilities import coerce_input_literal, coerce_input_value
from graphql.utilities.coerce_input_value import coerce_default_value
from strawberry.schema.schema_converter import GraphQLCoreConverter

from graphql_api.errors import BadUserInput, LimitExceeded

#: Maximum number of values in all variables of a request; each list, object and null counts as one. The largest input,
#: a thousand scans for `syncCheckIns`, has 5,004.
MAX_VALUES = 6_000
#: Maximum number of commas and opening brackets outside of strings: somewhat more than MAX_VALUES values need.
MAX_MARKS = 2 * MAX_VALUES
MARKS = (b",", b"{", b"[")
#: In valid JSON at least every second string follows a mark, and each string has two quotes.
MAX_QUOTES = 4 * (MAX_MARKS + 1)
#: Maximum length of one text. The longest text that any field accepts has 10,000 characters; the service refuses a
#: text that is too long for its field, with its own code.
MAX_TEXT = 50_000
#: Key in the metadata of an argument or input field for the maximum number of items of its list.
MAX_ITEMS = "max_items"


@dataclass(frozen=True)
class MaxItems:
    """Maximum number of items of a list, and the number above which the list is refused before it is read.

    Between the two, the service refuses the list, with a code and together with all other problems.
    """

    items: int
    refused_above: int


def at_most(items: int, *, service_answers: bool = False) -> dict[str, MaxItems]:
    """Return the metadata of a list in an input; `service_answers` if the service refuses a slightly longer list."""
    return {MAX_ITEMS: MaxItems(items, 2 * items if service_answers else items)}


def list_field(
    items: int,
    description: str,
    *,
    service_answers: bool = False,
    default: Any = strawberry.UNSET,
    default_factory: Callable[[], Any] | None = None,
) -> Any:
    """Declare a list in an input, with its maximum number of items."""
    metadata = at_most(items, service_answers=service_answers)
    described = f"{description} At most {items}."
    if default_factory is not None:
        return strawberry.field(description=described, metadata=metadata, default_factory=default_factory)
    if default is not strawberry.UNSET:
        return strawberry.field(description=described, metadata=metadata, default=default)
    return strawberry.field(description=described, metadata=metadata)


def max_items_of(definition: GraphQLArgument | GraphQLInputField) -> MaxItems | None:
    """Return the maximum that the argument or field declares for its list, or None."""
    declared = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    found: MaxItems | None = (getattr(declared, "metadata", None) or {}).get(MAX_ITEMS)
    return found


def holds_too_many_values(text: str | bytes) -> bool:
    """Tell whether JSON surely holds more values than allowed, without the cost of parsing it.

    Each value but the first of a list or object follows a comma, and each list or object has a bracket. Commas and
    brackets in strings do not count.
    """
    data = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    if sum(map(data.count, MARKS)) <= MAX_MARKS:
        return False
    unescaped = data.replace(rb"\\", b"").replace(rb"\"", b"")
    outside_texts = b"".join(unescaped.split(b'"', MAX_QUOTES)[::2])  # it reads at most MAX_QUOTES quotes
    return sum(map(outside_texts.count, MARKS)) > MAX_MARKS


def check_variables(variables: Mapping[str, Any]) -> int:
    """Return the number of values in the variables, used or not; refuse too many values, and texts that are too long.

    At most MAX_VALUES values are read.
    """
    left = MAX_VALUES - len(variables)
    waiting = list(variables.items())
    while left >= 0 and waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            _check_length(value, path)
        elif isinstance(value, dict | list):
            left -= len(value)
            if left >= 0:
                inner = value.items() if isinstance(value, dict) else (("", one) for one in value)
                waiting.extend((f"{path}.{name}" if name else path, one) for name, one in inner)
    if left < 0:
        raise LimitExceeded(f"The variables hold too much: at most {MAX_VALUES:,} values in all.")
    return MAX_VALUES - left


def _check_length(text: str, path: str) -> None:
    if len(text) > MAX_TEXT:
        raise BadUserInput(f"`{path}` is too long: a text has at most {MAX_TEXT:,} characters.")


@dataclass
class Inputs:
    """The input of one operation: its variables, as the client sent them, and their defaults."""

    given: Mapping[str, Any]
    defaults: Mapping[str, ValueNode]
    #: Number of values of each variable, by type; counted once, however often the variable is used.
    counted: dict[tuple[str, int], int] = field(default_factory=dict)

    @classmethod
    def of(cls, operation: OperationDefinitionNode | None, variables: Mapping[str, Any]) -> Inputs:
        """Return the inputs of the operation."""
        declared = (operation.variable_definitions or ()) if operation else ()
        return cls(variables, {one.variable.name.value: one.default_value for one in declared if one.default_value})

    def count(self, arguments: Iterable[ArgumentNode], definitions: Mapping[str, GraphQLArgument]) -> int:
        """Return the number of values in the arguments of a field; refuse a list that is too long."""
        values = 0
        for argument in arguments:
            definition = definitions.get(argument.name.value)
            if definition is not None:  # the validation refuses unknown arguments
                values += self._count(argument.value, definition, argument.name.value)
        return values

    def length_of(self, name: str, arguments: Iterable[ArgumentNode]) -> int:
        """Return the number of items in the list `name` of the argument `input`; 1 if there is no such list."""
        value: Any = next((one.value for one in arguments if one.name.value == "input"), None)
        if isinstance(value, ObjectValueNode):
            value = next((one.value for one in value.fields if one.name.value == name), None)
            if isinstance(value, ListValueNode):
                return len(value.values)
            found = self.given.get(value.name.value) if isinstance(value, VariableNode) else None
        else:
            wish = self.given.get(value.name.value) if isinstance(value, VariableNode) else None
            found = wish.get(name) if isinstance(wish, dict) else None
        return len(found) if isinstance(found, list) else 1

    def coerced(self, node: ArgumentNode | None, definition: GraphQLArgument) -> Any:
        """Return the scalar value of an argument as the resolver will get it; Undefined if it will be refused."""
        value = node.value if node is not None else None
        if isinstance(value, VariableNode):
            name = value.name.value
            if name in self.given:
                return coerce_input_value(self.given[name], definition.type)
            value = self.defaults.get(name)
        if value is not None:
            return coerce_input_literal(value, definition.type)
        default = coerce_default_value(definition)
        return None if default is Undefined else default

    def _count(self, node: ValueNode, definition: GraphQLArgument | GraphQLInputField, path: str) -> int:
        """Count a value in the document, for the argument or field with this definition."""
        kind = get_nullable_type(definition.type)
        if isinstance(node, VariableNode):
            return self._count_variable(node.name.value, definition, path)
        if isinstance(kind, GraphQLList) and isinstance(node, ListValueNode):
            _check_items(len(node.values), definition, path)
            return 1 + sum(self._count_item(one, kind.of_type, path) for one in node.values)
        return self._count_item(node, kind, path)

    def _count_item(self, node: ValueNode, kind: Any, path: str) -> int:
        kind = get_nullable_type(kind)
        if isinstance(node, VariableNode):
            return self._count_variable(node.name.value, GraphQLInputField(kind), path)
        if isinstance(kind, GraphQLInputObjectType) and isinstance(node, ObjectValueNode):
            fields = [(one, kind.fields.get(one.name.value)) for one in node.fields]
            return 1 + sum(
                self._count(one.value, definition, f"{path}.{one.name.value}")
                for one, definition in fields
                if definition
            )
        return 1

    def _count_variable(self, name: str, definition: GraphQLArgument | GraphQLInputField, path: str) -> int:
        if name not in self.given:
            default = self.defaults.get(name)
            is_value = default is not None and not isinstance(default, VariableNode | NullValueNode)
            return self._count(default, definition, path) if is_value and default else 1
        value = self.given[name]
        if isinstance(value, list):
            _check_items(len(value), definition, path)
        key = (name, id(get_nullable_type(definition.type)))
        if key not in self.counted:
            self.counted[key] = _count_given(value, definition, path)
        return self.counted[key]


def _check_items(items: int, definition: GraphQLArgument | GraphQLInputField, path: str) -> None:
    most = max_items_of(definition)
    if most is not None and items > most.refused_above:
        raise BadUserInput(f"`{path}` has {items:,} items: at most {most.items}.")


def _count_given(value: Any, definition: GraphQLArgument | GraphQLInputField, path: str) -> int:
    """Count the values of a variable, read as the type; coercion later refuses values that do not fit the type."""
    kind = get_nullable_type(definition.type)
    if isinstance(kind, GraphQLList) and isinstance(value, list):
        _check_items(len(value), definition, path)
        return 1 + sum(_count_given_item(one, kind.of_type, path) for one in value)
    return _count_given_item(value, kind, path)


def _count_given_item(value: Any, kind: Any, path: str) -> int:
    kind = get_nullable_type(kind)
    if isinstance(kind, GraphQLInputObjectType) and isinstance(value, dict):
        fields = [(name, inner, kind.fields.get(name)) for name, inner in value.items()]
        return 1 + sum(_count_given(inner, one, f"{path}.{name}") for name, inner, one in fields if one)
    return 1
