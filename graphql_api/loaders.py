"""Rows that a field needs one by one and the database gives all at once, where no join can bring them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.db.models import Model, QuerySet
from strawberry.dataloader import DataLoader
from strawberry_django.optimizer import optimize

from graphql_api.context import Info


async def load_row(info: Info, key: Any, rows: Callable[[], QuerySet[Any]]) -> Model | None:
    """Return the row of `rows()` with this primary key; the field asks once for all the rows around it.

    The rows come with what the client selects below the field. Call it in async resolvers.
    """
    name = f"{info.path.typename}.{info.path.key}:{id(info._raw_info.field_nodes[0])}"
    if name not in info.context.loaders:
        info.context.loaders[name] = DataLoader(load_fn=_batch(info, rows))
    row: Model | None = await info.context.loaders[name].load(key)
    return row


def _batch(info: Info, rows: Callable[[], QuerySet[Any]]) -> Callable[[Sequence[Any]], Any]:
    async def load(keys: Sequence[Any]) -> list[Any]:
        found = await sync_to_async(lambda: optimize(rows(), info=info).in_bulk(list(keys)))()
        return [found.get(key) for key in keys]

    return load
