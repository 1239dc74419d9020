"""Pages of lists that can grow: Relay connections with keyset cursors.

A page costs the same at any depth: the cursor holds the values of the ordering, and the bound on
the leading one lets the database seek in its index. `totalCount` is counted only when asked.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable
from typing import Any, Self

import strawberry
from django.db.models import QuerySet
from strawberry import relay
from strawberry_django.relay.cursor_connection import (
    DjangoCursorConnection,
    OrderedCollectionCursor,
    annotate_ordering_fields,
)

from graphql_api.errors import BadUserInput

DEFAULT_PAGE = 20
LARGEST_PAGE = 100


@strawberry.type(name="Connection", description="One page of a list.")
class Connection(DjangoCursorConnection[relay.NodeType]):
    """strawberry-django's keyset connection, with the contract's page sizes and an index-friendly seek."""

    @classmethod
    def resolve_connection(  # type: ignore[override]
        cls,
        nodes: QuerySet[Any],
        *,
        info: Any,
        before: str | None = None,
        after: str | None = None,
        first: int | None = None,
        last: int | None = None,
        **kwargs: Any,
    ) -> Self | Awaitable[Self]:
        """Return the page; sizes outside 1 to 100 and foreign cursors are BAD_USER_INPUT before any SQL."""
        _check_size("first", first)
        _check_size("last", last)
        if first is not None and last is not None:
            raise BadUserInput("Ask with `first` or with `last`, not both.")
        if first is None and last is None:
            first = DEFAULT_PAGE
        kwargs.pop("max_results", None)
        connection = super().resolve_connection(
            _seek(_seek(nodes, after, "after"), before, "before"),
            info=info,
            before=before,
            after=after,
            first=first,
            last=last,
            max_results=LARGEST_PAGE,
            **kwargs,
        )
        page: Self | Awaitable[Self] = _count_whole_list(connection, nodes)
        return page


def _count_whole_list(connection: Any, nodes: QuerySet[Any]) -> Any:
    """Make `totalCount` count the list, not the rest of it that the cursor bounds."""
    if inspect.isawaitable(connection):

        async def later() -> Any:
            return _count_whole_list(await connection, nodes)

        return later()
    connection.total_count_qs = nodes.order_by()
    return connection


def _check_size(name: str, size: int | None) -> None:
    if size is not None and not 1 <= size <= LARGEST_PAGE:
        raise BadUserInput(f"`{name}` must be from 1 to {LARGEST_PAGE}.")


def _seek(nodes: QuerySet[Any], cursor: str | None, argument: str) -> QuerySet[Any]:
    """Bound the leading column of the ordering by the cursor.

    The library writes `a > x OR (a = x AND id > y)`, which PostgreSQL answers by reading all rows
    before the cursor; `a >= x AND (...)` says the same and is answered from the index.
    """
    if not cursor:
        return nodes
    _, descriptors, _ = annotate_ordering_fields(nodes)
    try:
        values = OrderedCollectionCursor.from_cursor(cursor, descriptors).field_values
    except (ValueError, UnicodeDecodeError) as error:
        raise BadUserInput(f"`{argument}` is not a cursor of this list; take it from `pageInfo`.") from error
    leading, value = descriptors[0], values[0]
    if value is None or leading.maybe_null:
        return nodes
    goes_up = bool(leading.order_by.descending) == (argument == "before")
    return nodes.filter(**{f"{leading.attname}__{'gte' if goes_up else 'lte'}": value})
