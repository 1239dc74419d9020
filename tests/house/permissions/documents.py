"""Documents made from the schema: every field, to some depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLField, GraphQLNonNull, get_named_type, is_abstract_type, is_leaf_type
from strawberry_django.utils.typing import get_django_definition

from graphql_api.schema import schema

TYPES: Any = schema._schema.type_map
ROOTS: dict[str, Any] = {
    "Query": schema._schema.query_type,
    "Mutation": schema._schema.mutation_type,
    "Subscription": schema._schema.subscription_type,
}
NODES: tuple[str, ...] = tuple(sorted(kind.name for kind in schema._schema.get_possible_types(TYPES["Node"])))
#: Arguments that fields below the roots are asked with.
ARGUMENTS = {"afterSequence": "0", "size": "SMALL"}
#: What stands for an object without an id.
THERE = "there"
#: A refusal under a name that no payload has.
REFUSAL = "{ __typename refusals: messages { code field message } }"
ANY = "{ __typename ... on Node { id } }"


def model_of(type_name: str) -> Any:
    """Return the model that a type shows, or None."""
    declared = TYPES[type_name].extensions.get("strawberry-definition")
    definition = get_django_definition(declared.origin) if declared else None
    return definition.model if definition else None


def call(name: str, one: GraphQLField) -> str:
    """Return the field with the arguments that it needs."""
    given = [f"{key}: {ARGUMENTS[key]}" for key in one.args if key in ARGUMENTS]
    missing = [key for key, arg in one.args.items() if isinstance(arg.type, GraphQLNonNull) and key not in ARGUMENTS]
    assert not missing, f"{name} needs {missing}: give it a value in ARGUMENTS of {__name__}"
    return f"{name}({', '.join(given)})" if given else name


def is_page(kind: Any) -> bool:
    """Tell whether the type is a connection."""
    return bool(kind.name.endswith("Connection"))


def shallow(kind: Any) -> str:
    """Select all fields of a type: objects with an id by their id, and what has none with all of its fields."""
    parts = ["__typename"]
    for name, one in kind.fields.items():
        named = get_named_type(one.type)
        if is_leaf_type(named):
            parts.append(call(name, one))
        elif is_page(named):
            parts.append(f"{call(name, one)} {{ totalCount edges {{ node {ANY} }} }}")
        elif is_abstract_type(named):
            parts.append(f"{call(name, one)} {{ __typename }}")
        else:
            parts.append(f"{call(name, one)} {ANY if named.name in NODES else shallow(named)}")
    return f"{{ {' '.join(parts)} }}"


def deep(kind: Any, levels: int, prefix: str = "") -> str:
    """Select all fields of a type, and of the objects beside them for so many levels of objects that have an id.

    Below an abstract type the fields of each type get names of their own, so that those of two types never clash.
    """
    if is_abstract_type(kind):
        return _deep_shapes(kind, levels)
    if kind.name == "OperationInfo":
        return REFUSAL
    parts = ["__typename"]
    for name, one in kind.fields.items():
        named, alias = get_named_type(one.type), f"{prefix}_{name}: " if prefix else ""
        if is_leaf_type(named):
            parts.append(alias + call(name, one))
        elif name != "nodes" and (levels > 0 or not leads_to_objects(named)):
            parts.append(f"{alias}{call(name, one)} {deep(named, levels - (named.name in NODES))}")
    return f"{{ {' '.join(parts)} }}"


def _deep_shapes(kind: Any, levels: int) -> str:
    if levels < 1:
        return ANY if kind.name == "Node" else "{ __typename }"
    possible = schema._schema.get_possible_types(kind)
    parts = (f"... on {one.name} {deep(one, levels - (one.name in NODES), one.name)}" for one in possible)
    return f"{{ __typename {' '.join(parts)} }}"


def leads_to_objects(kind: Any) -> bool:
    """Tell whether the type is, or holds, what has an id of its own: a way on to everything else."""
    if is_abstract_type(kind) or kind.name in NODES:
        return True
    return any(not is_leaf_type(get_named_type(one.type)) for one in kind.fields.values())


def leaves(value: Any, kind: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield type, name and value of each field of an object that was asked for with `shallow`.

    Of objects without an id, only that they are there: their fields follow by themselves.
    """
    for name, one in kind.fields.items():
        found, named = value[name], get_named_type(one.type)
        if is_leaf_type(named) or is_abstract_type(named) or named.name in NODES or is_page(named):
            yield kind.name, name, found
            continue
        items = found if isinstance(found, list) else [found] * (found is not None)
        yield kind.name, name, [THERE] * len(items) if isinstance(found, list) else found and THERE
        for item in items:
            yield from leaves(item, named)
