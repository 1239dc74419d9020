"""`nodes` beside `edges`: both show one page of rows, which is read once.

The library's optimizer looks for selected fields below `edges { node }`, so `nodes` is rewritten to that form for it.
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
    """Prefetches of one relation by several selections: under aliases, or by `nodes` beside `edges`.

    All of them have the same filter (the rows the viewer may see), but two querysets never compare as equal, so the
    library would refuse to merge them. No relation that is prefetched here has arguments.
    """

    def merge(self, other: PrefetchInspector, *, allow_unsafe_ops: bool = True) -> Any:
        """Merge the two prefetches."""
        return super().merge(other, allow_unsafe_ops=allow_unsafe_ops)


optimizer.PrefetchInspector = Prefetches  # type: ignore[attr-defined] # it is not exported there


class Optimizer(DjangoOptimizerExtension):
    """The library's optimizer, extended to the `nodes` of connections."""

    def optimize(self, qs: Any, info: Any, *, store: Any = None) -> Any:
        """Optimize the queryset for the selected fields, below `edges` and below `nodes`."""
        return super().optimize(qs, as_edges(info), store=store)


def as_edges(info: Any) -> Any:
    """Return the info of a connection's field with `edges { node {…} }` in the place of `nodes {…}`.

    Loaders identify a field by its nodes in the document, so pass the original info to them.
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
    # Keep the name: the field may have other arguments than the `edges` beside it.
    return FieldNode(name=EDGES, alias=node.alias or node.name, arguments=(), directives=(), selection_set=selection)
