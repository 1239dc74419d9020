"""How much one document may ask for, measured in a single walk with a memo per fragment.

The stock limiters walk each fragment again at each spread, so that a kilobyte of fragments that
spread each other twice takes them hours. Here each fragment is measured once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)
from strawberry.extensions import SchemaExtension

from graphql_api.errors import BadUserInput, LimitExceeded

MAX_CHARACTERS = 15_000
MAX_TOKENS = 1_000
MAX_DEPTH = 10
MAX_ALIASES = 30
MAX_DIRECTIVES = 20
MAX_ROOT_MUTATIONS = 4
#: Each of these guesses at a secret or takes a place: one per request.
LONELY_MUTATIONS = frozenset(
    {"logIn", "completeMfa", "refreshSession", "verifyEmail", "resetPassword", "changePassword",
     "logInWithProvider", "applyToRole", "checkIn"}
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """What a selection asks for, through all its fragments."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: Size) -> Size:
        """Return the size of both selections next to each other, capped so that it stays a small number."""
        return Size(
            max(self.depth, other.depth),
            min(self.aliases + other.aliases, MAX_ALIASES + 1),
            min(self.directives + other.directives, MAX_DIRECTIVES + 1),
        )


class Limits(SchemaExtension):
    """Refuses a document that is too deep, too wide or guesses too often, before it is validated."""

    def on_validate(self) -> Iterator[None]:
        """Measure the parsed document."""
        document = self.execution_context.graphql_document
        if document is not None:
            try:
                # Its public twin falls back on the first operation, which is what must not happen.
                check(document, self.execution_context._provided_operation_name)
            except RecursionError:
                raise LimitExceeded("The document's fragments are chained too deeply.") from None
        yield


def check(document: DocumentNode, operation_name: str | None = None) -> None:
    """Raise LimitExceeded if any operation of the document asks for too much.

    A document of several operations must come with the name of the one to run: BAD_USER_INPUT.
    """
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if len(operations) > 1 and not operation_name:
        raise BadUserInput("The document holds several operations: say which by `operationName`.")
    measured: dict[str, Size] = {}
    for operation in operations:
        size = _measure(operation.selection_set, fragments, measured)
        _refuse_above("deep", size.depth, MAX_DEPTH, "levels")
        _refuse_above("wide", size.aliases, MAX_ALIASES, "aliases")
        _refuse_above("decorated", size.directives + len(operation.directives or ()), MAX_DIRECTIVES, "directives")
        if operation.operation is OperationType.MUTATION:
            _check_mutations(list(_root_fields(operation.selection_set, fragments, set())))


def _refuse_above(what: str, size: int, limit: int, unit: str) -> None:
    if size > limit:
        raise LimitExceeded(f"The document is too {what}: at most {limit} {unit}.")


def _check_mutations(names: list[str]) -> None:
    if len(names) > MAX_ROOT_MUTATIONS:
        raise LimitExceeded(f"At most {MAX_ROOT_MUTATIONS} mutations in one request.")
    lonely = LONELY_MUTATIONS.intersection(names)
    if lonely and len(names) > 1:
        raise LimitExceeded(f"Send `{min(lonely)}` alone in its request.")


def _measure(
    selection_set: SelectionSetNode | None,
    fragments: dict[str, FragmentDefinitionNode],
    measured: dict[str, Size],
) -> Size:
    total = Size()
    for selection in selection_set.selections if selection_set else ():
        own = Size(directives=len(selection.directives or ()))
        if isinstance(selection, FieldNode):
            total = total.beside(own).beside(_measure_field(selection, fragments, measured))
        elif isinstance(selection, InlineFragmentNode):
            total = total.beside(own).beside(_measure(selection.selection_set, fragments, measured))
        elif isinstance(selection, FragmentSpreadNode):
            total = total.beside(own).beside(_measure_fragment(selection.name.value, fragments, measured))
    return total


def _measure_field(field: FieldNode, fragments: dict[str, Any], measured: dict[str, Size]) -> Size:
    alias = Size(aliases=1 if field.alias else 0)
    if field.name.value.startswith("__"):
        # Introspection is bounded by graphql-core's own limit on its list depth.
        return alias
    inner = _measure(field.selection_set, fragments, measured)
    return alias.beside(Size(inner.depth + 1, inner.aliases, inner.directives))


def _measure_fragment(name: str, fragments: dict[str, Any], measured: dict[str, Size]) -> Size:
    if name not in measured:
        measured[name] = Size()  # a cycle ends here; validation refuses it
        fragment = fragments.get(name)
        measured[name] = _measure(fragment.selection_set if fragment else None, fragments, measured)
    return measured[name]


def _root_fields(selection_set: SelectionSetNode, fragments: dict[str, Any], seen: set[str]) -> Iterator[str]:
    for selection in selection_set.selections:
        if isinstance(selection, FieldNode):
            yield selection.name.value
        elif isinstance(selection, InlineFragmentNode):
            yield from _root_fields(selection.selection_set, fragments, seen)
        elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
            seen.add(selection.name.value)
            if fragment := fragments.get(selection.name.value):
                yield from _root_fields(fragment.selection_set, fragments, seen)
