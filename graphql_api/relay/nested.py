"""Nested connections: one statement reads the pages of all parents.

For a single parent, the page is an ordinary query that uses an index. For several parents, one statement numbers the
rows of each parent and takes the first ones of each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Count, F, Model, QuerySet
from strawberry_django.optimizer import mark_optimized_by_prefetching, optimize
from strawberry_django.queryset import get_queryset_config
from strawberry_django.relay.cursor_connection import apply_cursor_pagination

from graphql_api.relay.edges import as_edges
from graphql_api.relay.loaders import batch

M = TypeVar("M", bound=Model)

#: The annotation that holds each row's parent.
PARENT = "nested_parent"


@Iterable.register  # the library accepts only iterables from the resolver of a connection
@dataclass(frozen=True)
class Nested(Generic[M]):
    """The result of a nested connection's resolver; make the resolver async, so that all parents ask at once."""

    #: The rows of all parents that the viewer may see, in their order.
    rows: Callable[[], QuerySet[M]]
    #: The lookup from a row to its parent, such as `role__opportunity`.
    by: str
    #: The parent's key.
    key: int


async def load_page(nested: Nested[Any], info: Any, narrow: Callable[[Any], Any], **page: Any) -> QuerySet[Any]:
    """Return the rows of this parent's page; the same statement reads the pages of its siblings.

    For a single parent, the queryset is not evaluated yet and holds all rows. For several parents, it holds the page,
    and one more row if there is a next page. `narrow` bounds the rows by the page's cursors.
    """

    def load(keys: Sequence[int]) -> list[QuerySet[Any]]:
        rows = optimize(nested.rows().filter(**{f"{nested.by}__in": keys}), info=as_edges(info))
        return [rows] if len(keys) == 1 else _pages(narrow(rows), nested.by, keys, info, page)

    rows: QuerySet[Any] = await batch(info, "rows", load).load(nested.key)
    return rows


async def load_count(nested: Nested[Any], info: Any) -> int:
    """Return the number of rows of this parent; the same statement counts those of its siblings."""

    def load(keys: Sequence[int]) -> list[int]:
        rows = nested.rows().filter(**{f"{nested.by}__in": keys}).order_by()
        counts = dict(rows.values_list(nested.by).annotate(Count("pk")).values_list(nested.by, "pk__count"))
        return [counts.get(key, 0) for key in keys]

    count: int = await batch(info, "count", load).load(nested.key)
    return count


def _pages(rows: QuerySet[Any], by: str, keys: Sequence[int], info: Any, page: dict[str, Any]) -> list[QuerySet[Any]]:
    paged, descriptors = apply_cursor_pagination(
        rows.annotate(**{PARENT: F(by)}), related_field_id=PARENT, info=info, **page
    )
    by_parent: defaultdict[int, list[Any]] = defaultdict(list)
    for row in paged:
        by_parent[getattr(row, PARENT)].append(row)
    pages = []
    for key in keys:
        one: Any = mark_optimized_by_prefetching(paged.all())
        one._result_cache = by_parent[key]
        get_queryset_config(one).ordering_descriptors = descriptors
        pages.append(one)
    return pages
