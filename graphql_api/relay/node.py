"""The root field `node`: any object by its id."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
import strawberry_django
from django.db.models import QuerySet
from strawberry import relay
from strawberry.types import get_object_definition
from strawberry_django.optimizer import optimize
from strawberry_django.queryset import run_type_get_queryset
from strawberry_django.utils.typing import get_django_definition

from graphql_api.context import Info, viewer_of
from graphql_api.relay.ids import read_id

AnyId = Annotated[strawberry.ID, strawberry.argument(description="ID of any object.")]


@strawberry.type
class NodeQueries:
    """The root field of all objects."""

    @strawberry_django.field(
        description="Any object by its ID; null if there is none, or if the viewer may not see it."
    )
    def node(self, info: Info, id: AnyId) -> relay.Node | None:
        """Return the row of the id's type, if the viewer may see it."""
        found = read_id(id)
        rows = find_nodes(info, found[0]) if found else None
        if found is None or rows is None:
            return None
        row: relay.Node | None = optimize(rows.filter(pk=found[1]), info=info).first()
        return row


def find_nodes(info: Info, type_name: str) -> QuerySet[Any] | None:
    """Return the rows of this type that the viewer may see; None if there is no such type of object."""
    node_type = _node_type(info, type_name)
    definition = get_django_definition(node_type)
    if definition is None:
        return None
    rows: Any = definition.model._default_manager.all()
    if hasattr(rows, "visible_to"):
        rows = rows.visible_to(viewer_of(info))
    return run_type_get_queryset(rows, node_type, info)


def _node_type(info: Info, name: str) -> type | None:
    """Return the class of the object type with this name, if it is a Node."""
    definition = info.schema.get_type_by_name(name)
    origin = getattr(definition, "origin", None)
    is_node = isinstance(origin, type) and issubclass(origin, relay.Node) and get_object_definition(origin) is not None
    return origin if is_node else None
