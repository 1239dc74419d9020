"""Documents made from the schema: a root field, arguments in variables or written out, a random selection below it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)
from hypothesis import strategies as st

from graphql_api.schema import schema
from tests.fuzz.values import Ids, Raw, values_for

TYPES: Any = schema._schema.type_map
#: Fields of one document: more are refused by the limits, which is tested elsewhere.
MAX_FIELDS = 25
MAX_LEVELS = 6


@dataclass
class Document:
    """A document under construction."""

    draw: Any
    ids: Ids
    variables: dict[str, Any] = field(default_factory=dict)
    declared: list[str] = field(default_factory=list)
    fields: int = 0

    def ask(self, name: str, one: GraphQLField, level: int = 0) -> str:
        """Return the field with arguments and a selection."""
        self.fields += 1
        given = [self._argument(key, argument) for key, argument in one.args.items() if self._is_given(argument)]
        called = f"{name}({', '.join(given)})" if given else name
        named = get_named_type(one.type)
        return called if is_leaf_type(named) else f"{called} {self.select(named, level + 1)}"

    def select(self, kind: Any, level: int) -> str:
        """Return a selection on the type, which may be abstract."""
        parts = ["__typename"]
        if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
            possible = self._some(schema._schema.get_possible_types(kind), at_most=3)
            parts += [f"... on {one.name} {self.select(one, level)}" for one in possible]
        else:
            for name in self._some(list(kind.fields), at_most=4):
                one = kind.fields[name]
                if is_leaf_type(get_named_type(one.type)) or (level < MAX_LEVELS and self.fields < MAX_FIELDS):
                    alias = f"f{self.fields}: " if one.args else ""
                    parts.append(alias + self.ask(name, one, level))
        return "{ " + " ".join(parts) + " }"

    def _some(self, among: Sequence[Any], at_most: int) -> list[Any]:
        chosen: list[Any] = self.draw(st.lists(st.sampled_from(among), min_size=1, max_size=at_most, unique=True))
        return chosen

    def _is_given(self, argument: Any) -> bool:
        return isinstance(argument.type, GraphQLNonNull) or bool(self.draw(st.booleans()))

    def _argument(self, name: str, argument: Any) -> str:
        value = self.draw(values_for(argument.type, name, self.ids))
        if self.draw(st.booleans()):
            return f"{name}: {literal(value, argument.type)}"
        variable = f"v{len(self.declared)}"
        self.declared.append(f"${variable}: {argument.type}")
        self.variables[variable] = value
        return f"{name}: ${variable}"


@dataclass(frozen=True)
class Request:
    """A document and its variables, as they are sent."""

    query: str
    variables: dict[str, Any]

    def body(self) -> bytes:
        """Return the request's body; what is raw stands in it as it is, and so do halves of characters."""
        return json_of({"query": self.query, "variables": self.variables}).encode("utf-8", "surrogatepass")


@st.composite
def requests(draw: Any, operation: str, root: str, ids: Ids) -> Request:
    """Yield requests for a root field of an operation's type."""
    document = Document(draw, ids)
    root_type: Any = schema._schema.query_type if operation == "query" else schema._schema.mutation_type
    asked = document.ask(root, root_type.fields[root])
    declared = f"({', '.join(document.declared)})" if document.declared else ""
    return Request(f"{operation} Fuzz{declared} {{ {asked} }}", document.variables)


def json_of(value: Any) -> str:
    """Write JSON; a Raw stands as it is."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {json_of(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(json_of, value)) + "]"
    return json.dumps(value)


def literal(value: Any, kind: Any) -> str:
    """Write a value for an input of this type into a document."""
    named = get_named_type(kind) if kind else None
    if isinstance(value, dict):
        kinds = {name: one.type for name, one in getattr(named, "fields", {}).items()}
        return "{" + ", ".join(f"{name}: {literal(one, kinds.get(name))}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(literal(one, kind) for one in value) + "]"
    is_name = isinstance(named, GraphQLEnumType) and type(value) is str
    return value if is_name else json_of(value)
