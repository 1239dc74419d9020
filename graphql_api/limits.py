"""How much one document may ask for, measured in a single walk with a memo per fragment.

The stock limiters walk each fragment again at each spread, so that a kilobyte of fragments that
spread each other twice takes them hours. Here each fragment is measured once, and counted at each spread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)
from strawberry.extensions import SchemaExtension

from graphql_api.context import Context
from graphql_api.errors import BadUserInput, LimitExceeded

MAX_CHARACTERS = 15_000
MAX_TOKENS = 1_000
MAX_DEPTH = 10
MAX_ALIASES = 30
MAX_DIRECTIVES = 20
#: Fields with those of each fragment counted at each of its spreads: the libraries expand them.
MAX_SELECTIONS = 2_000
#: Objects in the answer, as far as page sizes tell.
MAX_NODES = 10_000
MAX_ROOT_MUTATIONS = 4
#: What a page holds where the document does not say, and at the most.
DEFAULT_PAGE, LARGEST_PAGE = 20, 100
#: How many rows a list has that says nowhere how long it is, such as the skills of a role.
USUAL_LIST = 3
#: Each of these guesses at a secret or takes a place: one per request.
LONELY_MUTATIONS = frozenset({"logIn", "refreshSession", "verifyEmail", "applyToRole", "acceptHostInvitation"})


@dataclass(frozen=True)
class Size:
    """What a selection asks for, through all its fragments."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    selections: int = 0
    nodes: int = 0
    #: The lists without pages somewhere in it, such as `Opportunity.roles`.
    lists: frozenset[str] = frozenset()

    def beside(self, other: Size) -> Size:
        """Return the size of both selections next to each other, capped so that it stays a small number."""
        return Size(
            max(self.depth, other.depth),
            min(self.aliases + other.aliases, MAX_ALIASES + 1),
            min(self.directives + other.directives, MAX_DIRECTIVES + 1),
            min(self.selections + other.selections, MAX_SELECTIONS + 1),
            min(self.nodes + other.nodes, MAX_NODES + 1),
            self.lists | other.lists,
        )


class Limits(SchemaExtension):
    """Refuses a document that is too deep, too wide or guesses too often, before it is validated."""

    def on_validate(self) -> Iterator[None]:
        """Measure the parsed document."""
        context = self.execution_context
        if context.graphql_document is not None:
            schema: GraphQLSchema = context.schema._schema
            try:
                # The public name falls back on the first operation, which is what must not happen.
                cost = check(
                    context.graphql_document, schema, context.variables or {}, context._provided_operation_name
                )
            except RecursionError:
                raise LimitExceeded("The document's fragments are chained too deeply.") from None
            if isinstance(context.context, Context):
                context.context.cost_requested = cost
        yield


def check(
    document: DocumentNode, schema: GraphQLSchema, variables: Mapping[str, Any], operation_name: str | None = None
) -> int:
    """Return the cost of the document's costliest operation; raise LimitExceeded if any of them asks for too much.

    A document of several operations must come with the name of the one to run: BAD_USER_INPUT.
    """
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if len(operations) > 1 and not operation_name:
        raise BadUserInput("The document holds several operations: say which by `operationName`.")
    walk = Walk(schema, variables, _fragments(document))
    cost = 0
    for operation in operations:
        size = walk.measure(operation.selection_set, schema.get_root_type(operation.operation))
        _refuse_above("deep", size.depth, MAX_DEPTH, "levels")
        _refuse_above("wide", size.aliases, MAX_ALIASES, "aliases")
        _refuse_above("decorated", size.directives + len(operation.directives or ()), MAX_DIRECTIVES, "directives")
        _refuse_above("long", size.selections, MAX_SELECTIONS, "fields, counting fragments at each spread")
        _refuse_above("large", size.nodes, MAX_NODES, "objects; ask for smaller pages")
        if operation.operation is OperationType.MUTATION:
            _check_mutations(list(root_fields_of(document)))
        cost = max(cost, size.nodes)
    return cost


def root_fields_of(document: DocumentNode) -> Iterator[str]:
    """Yield the names of the root fields that the document's operations ask for."""
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            yield from _root_fields(definition.selection_set, _fragments(document), set())


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}


def _refuse_above(what: str, size: int, limit: int, unit: str) -> None:
    if size > limit:
        raise LimitExceeded(f"The document is too {what}: at most {limit} {unit}.")


def _check_mutations(names: list[str]) -> None:
    if len(names) > MAX_ROOT_MUTATIONS:
        raise LimitExceeded(f"At most {MAX_ROOT_MUTATIONS} mutations in one request.")
    lonely = LONELY_MUTATIONS.intersection(names)
    if lonely and len(names) > 1:
        raise LimitExceeded(f"Send `{min(lonely)}` alone in its request.")


@dataclass
class Walk:
    """One walk through a document."""

    schema: GraphQLSchema
    variables: Mapping[str, Any]
    fragments: Mapping[str, FragmentDefinitionNode]
    measured: dict[tuple[str, int], Size] = field(default_factory=dict)

    def measure(self, selection_set: SelectionSetNode | None, parent: Any, page: int = 1) -> Size:
        """Return the size of the selections on the type `parent`; `page` is how many edges it has, if any."""
        selections = selection_set.selections if selection_set else ()
        return reduce(Size.beside, (self._measure_one(one, parent, page) for one in selections), Size())

    def _measure_one(self, selection: SelectionNode, parent: Any, page: int) -> Size:
        size = Size(directives=len(selection.directives or ()))
        if isinstance(selection, FieldNode):
            return size.beside(self._measure_field(selection, parent, page))
        if isinstance(selection, InlineFragmentNode):
            on = self._type(selection.type_condition, parent)
            return size.beside(self.measure(selection.selection_set, on, page))
        assert isinstance(selection, FragmentSpreadNode)  # noqa: S101 # the grammar has no fourth
        return size.beside(self._measure_fragment(selection.name.value, page))

    def _measure_field(self, node: FieldNode, parent: Any, page: int) -> Size:
        own = Size(aliases=1 if node.alias else 0, selections=1)
        name = node.name.value
        if name.startswith("__"):
            # Introspection is bounded by graphql-core's own limit on its list depth.
            return own
        definition = getattr(parent, "fields", {}).get(name)
        kind = definition.type if definition else None
        page_below = self._page(node)
        inner = self.measure(node.selection_set, get_named_type(kind) if kind else None, page_below)
        inner = replace(inner, depth=inner.depth + 1)
        if kind is None or not is_composite_type(get_named_type(kind)):
            return own.beside(inner)
        rows = 1
        if _is_list(kind):
            # A plain list says by an argument of its own how long it is, the edges of a connection by its field's.
            usual = page_below if definition and "first" in definition.args else USUAL_LIST
            rows, inner = self._measure_list(f"{parent.name}.{name}", page, inner, usual)
        return own.beside(replace(inner, nodes=min(rows * (1 + inner.nodes), MAX_NODES + 1)))

    def _measure_list(self, name: str, page: int, inner: Size, usual: int) -> tuple[int, Size]:
        if name.endswith(("Connection.edges", "Connection.nodes")):
            return page, inner
        if name in inner.lists:
            raise LimitExceeded(f"`{name}` is asked for again below itself; leave out the inner one.")
        return usual, replace(inner, lists=inner.lists | {name})

    def _measure_fragment(self, name: str, page: int) -> Size:
        if (name, page) not in self.measured:
            self.measured[name, page] = Size()  # a cycle ends here; validation refuses it
            if fragment := self.fragments.get(name):
                on = self._type(fragment.type_condition, None)
                self.measured[name, page] = self.measure(fragment.selection_set, on, page)
        return self.measured[name, page]

    def _type(self, condition: Any, otherwise: Any) -> Any:
        return self.schema.get_type(condition.name.value) if condition else otherwise

    def _page(self, node: FieldNode) -> int:
        """Return how many edges the field's page has; a size that is no number is refused later."""
        for argument in node.arguments or ():
            if argument.name.value in {"first", "last"}:
                value = argument.value
                given: Any = int(value.value) if isinstance(value, IntValueNode) else DEFAULT_PAGE
                if isinstance(value, VariableNode):
                    given = self.variables.get(value.name.value, LARGEST_PAGE)
                return min(max(given, 1), LARGEST_PAGE) if isinstance(given, int) else DEFAULT_PAGE
        return DEFAULT_PAGE


def _is_list(kind: Any) -> bool:
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)


def _root_fields(selection_set: SelectionSetNode, fragments: Mapping[str, Any], seen: set[str]) -> Iterator[str]:
    for selection in selection_set.selections:
        if isinstance(selection, FieldNode):
            yield selection.name.value
        elif isinstance(selection, InlineFragmentNode):
            yield from _root_fields(selection.selection_set, fragments, seen)
        elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
            seen.add(selection.name.value)
            if fragment := fragments.get(selection.name.value):
                yield from _root_fields(fragment.selection_set, fragments, seen)
