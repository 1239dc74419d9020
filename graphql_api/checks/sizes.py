"""Measures the size of a selection in a single walk, with a memo per fragment.

The libraries' limiters walk each fragment again at each spread, so a kilobyte of fragments that spread each other
twice takes them hours. Here each fragment is measured once, and counted at each spread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
)

from graphql_api.checks.input_limits import Inputs
from graphql_api.checks.weights import (
    ANSWERED_LISTS,
    CHARACTERS,
    COLUMN,
    LISTS_OF_ANSWERS,
    OBJECT,
    STATEMENT,
    VALUE,
    is_asked_at_once,
    length_of,
    page_of,
    text_of,
    weight_of,
)
from graphql_api.errors import LimitExceeded

#: Upper bound of each number in a size; every limit is below it.
CAP = 100_000_000


@dataclass(frozen=True)
class Size:
    """The size of a selection, including all its fragments."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    selections: int = 0
    #: Maximum size of the answer, estimated by pages and `weights`: objects, and characters of long texts.
    objects: int = 0
    characters: int = 0
    #: Cost that is paid for each object, in the points of `weights`.
    cost: int = 0
    #: SQL statements, each of which runs once for all parent objects of a field.
    statements: int = 0
    #: Lists without pages anywhere in the selection, such as `Opportunity.roles`.
    lists: frozenset[str] = frozenset()

    def beside(self, other: Size) -> Size:
        """Return the size of both selections together; each number is capped at CAP."""
        return Size(
            max(self.depth, other.depth),
            min(self.aliases + other.aliases, CAP),
            min(self.directives + other.directives, CAP),
            min(self.selections + other.selections, CAP),
            min(self.objects + other.objects, CAP),
            min(self.characters + other.characters, CAP),
            min(self.cost + other.cost, CAP),
            min(self.statements + other.statements, CAP),
            self.lists | other.lists,
        )

    @property
    def total(self) -> int:
        """Return the total cost."""
        return self.cost + STATEMENT * self.statements

    def times(self, items: int) -> Size:
        """Return the size of a list with this many items; only objects, characters and cost are multiplied."""
        objects, characters, cost = (min(items * one, CAP) for one in (self.objects, self.characters, self.cost))
        return replace(self, objects=objects, characters=characters, cost=cost)


@dataclass
class Walk:
    """One walk through a document."""

    schema: GraphQLSchema
    inputs: Inputs
    fragments: Mapping[str, FragmentDefinitionNode]
    measured: dict[tuple[str, int], Size] = field(default_factory=dict)

    def measure(self, selection_set: SelectionSetNode | None, parent: Any, page: int = 1) -> Size:
        """Return the size of the selections on the type `parent`; `page` is the number of its edges, if any."""
        selections = selection_set.selections if selection_set else ()
        sizes = [(self._condition(one), self._measure_one(one, parent, page)) for one in selections]
        size = reduce(Size.beside, (size for _, size in sizes), Size())
        return _as_one_of_several(size, sizes) if is_abstract_type(parent) else size

    def _condition(self, selection: SelectionNode) -> str | None:
        """Return the object type that a fragment applies to, or None if it applies to more than one."""
        condition = None
        if isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
        elif isinstance(selection, FragmentSpreadNode) and (fragment := self.fragments.get(selection.name.value)):
            condition = fragment.type_condition
        kind = self._type(condition, None)
        return kind.name if isinstance(kind, GraphQLObjectType) else None

    def _measure_one(self, selection: SelectionNode, parent: Any, page: int) -> Size:
        size = Size(directives=len(selection.directives or ()))
        if isinstance(selection, FieldNode):
            return size.beside(self._measure_field(selection, parent, page))
        if isinstance(selection, InlineFragmentNode):
            on = self._type(selection.type_condition, parent)
            return size.beside(self.measure(selection.selection_set, on, page))
        assert isinstance(selection, FragmentSpreadNode)  # noqa: S101 # the grammar has no other kind
        return size.beside(self._measure_fragment(selection.name.value, page))

    def _measure_field(self, node: FieldNode, parent: Any, page: int) -> Size:
        own = Size(aliases=1 if node.alias else 0, selections=1, cost=COLUMN)
        name = node.name.value
        if name.startswith("__"):
            # Introspection is bounded by graphql-core's own limit on its list depth.
            return own
        definition = getattr(parent, "fields", {}).get(name)
        if definition is None:
            # The validation will refuse the unknown field; here the selection below it counts by its shape.
            inner = self.measure(node.selection_set, None)
            return own.beside(replace(inner, depth=inner.depth + 1))
        values = self.inputs.count(node.arguments or (), definition.args)
        text = text_of(parent.name, name)
        points = weight_of(parent.name, name) + text // CHARACTERS + VALUE * values
        own = replace(own, characters=text, cost=points, statements=int(is_asked_at_once(parent.name, name)))
        kind = get_named_type(definition.type)
        page_below = self._page(node, definition, parent.name)
        inner = self.measure(node.selection_set, kind, page_below)
        inner = replace(inner, depth=inner.depth + 1)
        items = 1
        if isinstance(get_nullable_type(definition.type), GraphQLList):
            # The length of a plain list follows from its own argument, that of edges from the connection's arguments.
            plain = page_below if "first" in definition.args else length_of(parent.name, name)
            items, inner = self._measure_list(f"{parent.name}.{name}", page, inner, plain)
        one = Size(objects=1, cost=OBJECT) if is_composite_type(kind) else Size(cost=COLUMN if items > 1 else 0)
        if kind.name.endswith(("Connection", "Edge")):
            one = replace(one, objects=0)  # only the nodes of a page are counted
        return own.beside(one.beside(inner).times(items))

    def _measure_list(self, name: str, page: int, inner: Size, plain: int) -> tuple[int, Size]:
        if name.endswith(("Connection.edges", "Connection.nodes")) or name in LISTS_OF_ANSWERS:
            return page, inner
        if name in inner.lists:
            raise LimitExceeded(f"`{name}` is asked for again below itself; leave out the inner one.")
        return plain, replace(inner, lists=inner.lists | {name})

    def _measure_fragment(self, name: str, page: int) -> Size:
        if (name, page) not in self.measured:
            self.measured[name, page] = Size()  # a cycle ends here; validation refuses it
            if fragment := self.fragments.get(name):
                on = self._type(fragment.type_condition, None)
                self.measured[name, page] = self.measure(fragment.selection_set, on, page)
        return self.measured[name, page]

    def _type(self, condition: Any, otherwise: Any) -> Any:
        return self.schema.get_type(condition.name.value) if condition else otherwise

    def _page(self, node: FieldNode, definition: Any, type_name: str) -> int:
        """Return the number of items of the field's page, as its resolver will read it, or of its list of answers.

        The resolver refuses an invalid or too large page size; here it counts as the maximum.
        """
        sizes = [name for name in ("first", "last") if name in definition.args]
        if not sizes:
            answered = ANSWERED_LISTS.get(f"{type_name}.{node.name.value}")
            return self.inputs.length_of(answered, node.arguments or ()) if answered else 1
        usual, largest = page_of(type_name, node.name.value)
        given = {one.name.value: one for one in node.arguments or ()}
        asked = [self.inputs.coerced(given.get(name), definition.args[name]) for name in sizes]
        wanted = [largest if size is Undefined else size for size in asked if size is not None]
        return min(max(1, *wanted), largest) if wanted else usual


def _as_one_of_several(size: Size, sizes: list[tuple[str | None, Size]]) -> Size:
    """Return the size of an object of an abstract type: an object has the fields of its own type only."""

    def most(figure: str) -> int:
        by_type: defaultdict[str | None, int] = defaultdict(int)
        for condition, one in sizes:
            by_type[condition] += getattr(one, figure)
        for_all = by_type.pop(None, 0)
        return min(for_all + max(by_type.values(), default=0), CAP)

    return replace(size, objects=most("objects"), characters=most("characters"), cost=most("cost"))
