"""Relay connections with keyset cursors, for lists that can grow.

A page costs the same at any depth: the cursor holds the values of the ordering, and the bound on the leading value
lets the database seek in its index. `totalCount` is counted only if it is selected.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Self, cast

import strawberry
from asgiref.sync import sync_to_async
from django.db.models import QuerySet
from graphql import get_named_type
from strawberry import relay
from strawberry_django.optimizer import is_optimized_by_prefetching
from strawberry_django.relay.cursor_connection import (
    DjangoCursorConnection,
    OrderedCollectionCursor,
    annotate_ordering_fields,
)

from graphql_api.checks.clean_input import check_value
from graphql_api.checks.weights import DEFAULT_PAGE, MAX_PAGE
from graphql_api.errors import BadUserInput
from graphql_api.relay.cursors import seal_cursor, unseal_cursor
from graphql_api.relay.edges import as_edges
from graphql_api.relay.ids import KEYED
from graphql_api.relay.nested import Nested, load_count, load_page
from graphql_api.relay.scalars import check_offset

MAX_CURSOR = 2000
_NO_CURSOR = "`{}` is not a cursor of this list; take it from `pageInfo`."


async def _not_counted() -> int:
    raise NotImplementedError


@strawberry.type(name="Connection", description="One page of a list.")
class Connection(DjangoCursorConnection[relay.NodeType]):
    """strawberry-django's keyset connection, with the contract's page sizes and an index-friendly seek."""

    count: strawberry.Private[Callable[[], Awaitable[int]]] = _not_counted

    @strawberry.field(description="Number of items in the whole list, on all pages.")
    async def total_count(self) -> int:
        """Count the rows; the query runs only if the field is selected."""
        return await self.count()

    @strawberry.field(description="Items of this page: the same as in `edges`, without cursors.")
    def nodes(self) -> list[relay.NodeType]:
        """Return the rows that were read for the edges."""
        return [edge.node for edge in self.edges]

    @classmethod
    def resolve_connection(
        cls,
        nodes: Any,
        *,
        info: Any,
        before: str | None = None,
        after: str | None = None,
        first: int | None = None,
        last: int | None = None,
        **kwargs: Any,
    ) -> Awaitable[Self]:
        """Return the page; refuses bad sizes and foreign cursors with BAD_USER_INPUT before any SQL."""
        _check_size("first", first)
        _check_size("last", last)
        if first is not None and last is not None:
            raise BadUserInput("Ask with `first` or with `last`, not both.")
        if first is None and last is None:
            first = DEFAULT_PAGE
        page = {"before": before, "after": after, "first": first, "last": last, "max_results": MAX_PAGE}
        return cls._page(nodes, info, page)

    @classmethod
    async def _page(cls, nodes: QuerySet[Any] | Nested[Any], info: Any, page: dict[str, Any]) -> Self:
        count: Callable[[], Awaitable[int]]
        type_name = get_named_type(info._raw_info.return_type).name.removesuffix("Connection")
        if type_name in KEYED:
            page |= {name: _unsealed(page[name], name, type_name) for name in ("before", "after")}

        def narrow(rows: QuerySet[Any]) -> QuerySet[Any]:
            return _seek(_seek(rows, page["after"], "after"), page["before"], "before")

        if isinstance(nodes, Nested):
            rows = await load_page(nodes, info, narrow, **page)
            count = partial(load_count, nodes, info)
        else:
            rows = nodes
            count = sync_to_async(nodes.order_by().count)
        if not is_optimized_by_prefetching(rows):
            rows = narrow(rows)
        connection: Any = super().resolve_connection(rows, info=as_edges(info), **page)
        if inspect.isawaitable(connection):
            connection = await connection
        connection.count = count
        if type_name in KEYED:
            _seal(connection, type_name)
        return cast("Self", connection)


def _check_size(name: str, size: int | None) -> None:
    if size is not None and not 1 <= size <= MAX_PAGE:
        raise BadUserInput(f"`{name}` must be from 1 to {MAX_PAGE}.")


def _seal(connection: Any, type_name: str) -> None:
    """Replace the cursors that the library made with keyed ones."""
    for edge in connection.edges:
        edge.cursor = seal_cursor(edge.cursor, type_name)
    page = connection.page_info
    page.start_cursor = connection.edges[0].cursor if connection.edges else None
    page.end_cursor = connection.edges[-1].cursor if connection.edges else None


def _unsealed(cursor: str | None, argument: str, type_name: str) -> str | None:
    if not cursor:
        return cursor
    _check_length(cursor, argument)
    try:
        return unseal_cursor(cursor, type_name)
    except (ValueError, RecursionError) as error:
        raise BadUserInput(_NO_CURSOR.format(argument)) from error


def _check_length(cursor: str, argument: str) -> None:
    if len(cursor) > MAX_CURSOR:
        raise BadUserInput(f"`{argument}` is too long for a cursor.")


def _seek(nodes: QuerySet[Any], cursor: str | None, argument: str) -> QuerySet[Any]:
    """Bound the leading column of the ordering by the cursor.

    The library writes `a > x OR (a = x AND id > y)`, for which PostgreSQL reads all rows before the cursor.
    `a >= x AND (...)` is equivalent, and PostgreSQL can use the index.
    """
    if not cursor:
        return nodes
    _check_length(cursor, argument)
    _, descriptors, _ = annotate_ordering_fields(nodes)
    try:
        values = OrderedCollectionCursor.from_cursor(cursor, descriptors).field_values
        for value in values:
            check_value(value, argument)
            check_offset(value)
    except (ValueError, RecursionError, BadUserInput) as error:
        raise BadUserInput(_NO_CURSOR.format(argument)) from error
    leading, value = descriptors[0], values[0]
    if value is None or leading.maybe_null:
        return nodes
    goes_up = bool(leading.order_by.descending) == (argument == "before")
    return nodes.filter(**{f"{leading.attname}__{'gte' if goes_up else 'lte'}": value})
