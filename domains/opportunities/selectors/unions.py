"""Many short reads of one index in a single statement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import QuerySet


def union_all(reads: Iterable[QuerySet[Any]], column: str) -> list[int]:
    """Return the column from the rows of all reads, each with its own order and limit."""
    querysets = list(reads)
    if not connection.features.supports_slicing_ordering_in_compound:
        # SQLite allows a limit only in a subquery.
        querysets = [queryset.model._default_manager.filter(pk__in=queryset.values("pk")) for queryset in querysets]
    if not querysets:
        return []
    first, *others = [queryset.values_list(column, flat=True) for queryset in querysets]
    return list(first.union(*others, all=True) if others else first)
