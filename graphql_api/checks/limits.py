"""Limits on the size of a document, checked before it is validated, coerced or executed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)
from strawberry.extensions import SchemaExtension

from graphql_api.checks.input_limits import Inputs, check_variables
from graphql_api.checks.sizes import Size, Walk
from graphql_api.context import Context
from graphql_api.errors import BadUserInput, LimitExceeded

MAX_CHARACTERS = 15_000
MAX_TOKENS = 1_000
MAX_DEPTH = 10
MAX_ALIASES = 30
MAX_DIRECTIVES = 20
#: Maximum number of fields; those of a fragment count at each spread, because the libraries expand them.
MAX_SELECTIONS = 2_000
#: Maximum size of an answer, estimated by pages and `weights`: objects, and characters of long texts.
MAX_OBJECTS = 10_000
MAX_ANSWERED_CHARACTERS = 6_000_000
#: Maximum cost of a document, in the points of `weights`: about one and a half seconds of one core.
MAX_COST = 170_000
MAX_ROOT_MUTATIONS = 4
#: Mutations that check a secret or take a slot: one per request.
LONELY_MUTATIONS = frozenset(
    {
        "acceptHostInvitation",
        "applyToRole",
        "changeEmail",
        "changePassword",
        "completeMfa",
        "confirmTotp",
        "deleteAccount",
        "disableMfa",
        "linkProvider",
        "logIn",
        "logInWithCode",
        "logInWithProvider",
        "refreshSession",
        "resetPassword",
        "verifyEmail",
    }
)


class Limits(SchemaExtension):
    """Refuses a document that is too deep, too wide, too costly or repeats LONELY_MUTATIONS, before validation."""

    def on_validate(self) -> Iterator[None]:
        """Measure the parsed document, and store its cost in the context."""
        context = self.execution_context
        if context.graphql_document is not None:
            schema: GraphQLSchema = context.schema._schema
            try:
                # The public attribute falls back to the first operation, which would be wrong here.
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
    """Return the cost of the operation to run; raise LimitExceeded if any part of the document exceeds a limit.

    A document with several operations is refused with BAD_USER_INPUT unless the request names the one to run.
    """
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if len(operations) > 1 and not operation_name:
        raise BadUserInput("The document holds several operations: say which by `operationName`.")
    chosen = _chosen(operations, operation_name)
    values = check_variables(variables)
    walk = Walk(schema, Inputs.of(chosen, variables), _fragments(document))
    cost = 0
    for operation in operations:
        size = walk.measure(operation.selection_set, schema.get_root_type(operation.operation))
        _check_size(size, len(operation.directives or ()))
        if operation.operation is OperationType.MUTATION:
            _check_mutations(list(root_fields_of(document)))
        if operation is chosen:
            cost = size.total + values
    return cost


def root_fields_of(document: DocumentNode) -> Iterator[str]:
    """Yield the names of the root fields in the document's operations."""
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            yield from _root_fields(definition.selection_set, _fragments(document), set())


def _chosen(operations: list[OperationDefinitionNode], name: str | None) -> OperationDefinitionNode | None:
    """Return the operation to run; None if none has that name, which the library refuses."""
    named = [one for one in operations if not name or (one.name and one.name.value == name)]
    return named[0] if named else None


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}


def _check_size(size: Size, directives: int) -> None:
    _refuse_above("deep", size.depth, MAX_DEPTH, "levels")
    _refuse_above("wide", size.aliases, MAX_ALIASES, "aliases")
    _refuse_above("decorated", size.directives + directives, MAX_DIRECTIVES, "directives")
    _refuse_above("long", size.selections, MAX_SELECTIONS, "fields, counting fragments at each spread")
    _refuse_above("large", size.objects, MAX_OBJECTS, "objects; ask for smaller pages")
    _refuse_above("wordy", size.characters, MAX_ANSWERED_CHARACTERS, "characters of long texts; ask for smaller pages")
    _refuse_above("costly", size.total, MAX_COST, "points; ask for smaller pages, or for less of each")


def _refuse_above(what: str, size: int, limit: int, unit: str) -> None:
    if size > limit:
        raise LimitExceeded(f"The document is too {what}: at most {limit:,} {unit}.")


def _check_mutations(names: list[str]) -> None:
    if len(names) > MAX_ROOT_MUTATIONS:
        raise LimitExceeded(f"At most {MAX_ROOT_MUTATIONS} mutations in one request.")
    lonely = LONELY_MUTATIONS.intersection(names)
    if lonely and len(names) > 1:
        raise LimitExceeded(f"Send `{min(lonely)}` alone in its request.")


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
