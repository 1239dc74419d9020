"""Who may read the schema by introspection: everybody, staff with the right to, or nobody (INTROSPECTION)."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import FieldNode, GraphQLError, Visitor, visit
from strawberry.extensions import SchemaExtension

from domains.accounts.policies import can_introspect


class Introspection(SchemaExtension):
    """Refuses `__schema` and `__type` to those who may not read the schema."""

    def on_validate(self) -> Iterator[None]:
        """Look for introspection fields in the parsed document."""
        viewer = getattr(self.execution_context.context, "viewer", None)
        if not can_introspect(viewer) and self.execution_context.graphql_document is not None:
            visit(self.execution_context.graphql_document, _NoIntrospection())
        yield


class _NoIntrospection(Visitor):
    def enter_field(self, node: FieldNode, *_: object) -> None:
        if node.name.value in {"__schema", "__type"}:
            raise GraphQLError(
                "This server's schema is read from /schema.graphql, not by introspection.",
                extensions={"code": "FORBIDDEN"},
            )
