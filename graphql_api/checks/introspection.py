"""Checks who may introspect the schema: all users, staff with the permission, or no user (INTROSPECTION)."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import FieldNode, GraphQLError, Visitor, visit
from strawberry.extensions import SchemaExtension

from domains.accounts.policies import can_introspect


class Introspection(SchemaExtension):
    """Refuses `__schema` and `__type` if the viewer may not introspect the schema."""

    def on_validate(self) -> Iterator[None]:
        """Search the parsed document for introspection fields."""
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
