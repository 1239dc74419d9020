"""`nodes` beside `edges`: one page of rows, read once.

The library looks below `edges { node }` for what is to be read, so `nodes` is shown to it as that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graphql import FieldNode, GraphQLResolveInfo, NameNode, SelectionSetNode, get_named_type, is_object_type
from strawberry_django import optimizer
from strawberry_django.optimizer import DjangoOptimizerExtension, _get_selections
from strawberry_django.utils.inspect import PrefetchInspector

EDGES, NODE = NameNode(value="edges"), NameNode(value="node")


class Prefetches(PrefetchInspector):
    """The rows that several selections ask for by the same relation, under aliases or by `nodes` beside `edges`.

    Their filters are the same, what the viewer may see, but no two querysets compare as equal, and the library
    would refuse to read them together. No relation that is read so has arguments.
    """

    def merge(self, other: PrefetchInspector, *, allow_unsafe_ops: bool = True) -> Any:
        """Read what both ask for."""
        return super().merge(other, allow_unsafe_ops=allow_unsafe_ops)


optimizer.PrefetchInspector = Prefetches  # type: ignore[attr-defined]


class Optimizer(DjangoOptimizerExtension):
    """The library's optimizer, for which the rows of a connection are those of its `nodes` too."""

    def optimize(self, qs: Any, info: Any, *, store: Any = None) -> Any:
        """Read what the field selects by one statement, whichever way it asks for the rows."""
        return super().optimize(qs, as_edges(info), store=store)


def as_edges(info: Any) -> Any:
    """Return the info of a connection's field as if it asked for `edges { node {…} }` where it asks for `nodes {…}`.

    Loaders tell fields apart by their nodes in the document: give them the info as it came.
    """
    raw: GraphQLResolveInfo[Any] = info if isinstance(info, GraphQLResolveInfo) else info._raw_info
    connection = get_named_type(raw.return_type)
    if not (is_object_type(connection) and {"edges", "nodes"} <= connection.fields.keys()):
        return info
    selected = [node for nodes in _get_selections(raw, connection).values() for node in nodes]
    if not any(node.name.value == "nodes" for node in selected):
        return info
    inner = SelectionSetNode(selections=tuple(map(_as_edge, selected)))
    field = raw.field_nodes[0]
    seen = FieldNode(name=field.name, arguments=field.arguments, directives=(), selection_set=inner)
    raw = raw._replace(field_nodes=[seen])
    return raw if isinstance(info, GraphQLResolveInfo) else replace(info, _raw_info=raw)


def _as_edge(node: FieldNode) -> FieldNode:
    if node.name.value != "nodes":
        return node
    row = FieldNode(name=NODE, arguments=(), directives=(), selection_set=node.selection_set)
    selection = SelectionSetNode(selections=(row,))
    # Under its own name: it may ask with other arguments than `edges` beside it.
    return FieldNode(name=EDGES, alias=node.alias or node.name, arguments=(), directives=(), selection_set=selection)
