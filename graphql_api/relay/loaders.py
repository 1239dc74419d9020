"""What a field needs row by row and the database gives all at once, where no join can bring it.

Nothing is kept between two batches: a subscription lives long, and what it read for one event is old at the next.
Call these in async resolvers, so that all the rows around the field ask in the same moment; so must be the resolvers
of the objects above them, because a plain one goes through a thread, from which its rows come back one by one.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.db.models import Model, QuerySet
from strawberry.dataloader import DataLoader
from strawberry_django.optimizer import OptimizerStore, optimize

from graphql_api.context import Info
from graphql_api.live.database import in_database

T = TypeVar("T")
M = TypeVar("M", bound=Model)


async def load_row(info: Info, key: Any, rows: Callable[[], QuerySet[M]]) -> M | None:
    """Return the row of `rows()` with this primary key, with what the client selects below the field."""
    return await load(info, key, lambda keys: optimize(rows(), info=info).in_bulk(keys))


async def load_rows(info: Info, key: Any, rows: Callable[[], QuerySet[M]], by: str) -> list[M]:
    """Return, in their order, the rows of `rows()` whose column `by` is the key, with what is selected below."""

    def find(keys: Sequence[Any]) -> Mapping[Any, list[M]]:
        store = OptimizerStore.with_hints(only=[by])
        found: defaultdict[Any, list[M]] = defaultdict(list)
        for row in optimize(rows().filter(**{f"{by}__in": keys}), info=info, store=store):
            found[getattr(row, by)].append(row)
        return found

    return await load(info, key, find) or []


async def load(info: Info, key: Any, find: Callable[[Sequence[Any]], Mapping[Any, T]]) -> T | None:
    """Return what `find` gives for the key, or None; it is called once for the field of all the rows."""

    def find_all(keys: Sequence[Any]) -> list[T | None]:
        found = find(list(dict.fromkeys(keys)))
        return [found.get(key) for key in keys]

    return await batch(info, "", find_all).load(key)


class PatientLoader(DataLoader[Any, Any]):
    """A loader that lets all rows ask before it does: of a long list the last are some rounds of the loop behind."""

    #: Rounds of the event loop: more than lists within lists within lists are apart.
    ROUNDS = 24

    @property
    def loop(self) -> Any:
        """Return what the library uses of the loop."""
        return self

    def create_future(self) -> asyncio.Future[Any]:
        """Return a future of the loop that runs."""
        return asyncio.get_running_loop().create_future()

    def call_soon(self, ask: Callable[[], None], rounds: int = ROUNDS) -> None:
        """Ask after the rounds."""
        later = partial(self.call_soon, ask, rounds - 1) if rounds else ask
        asyncio.get_running_loop().call_soon(later)


def batch(info: Any, what: str, find: Callable[[Sequence[Any]], Sequence[T]]) -> DataLoader[Any, T]:
    """Return the loader of this field of the document; `what` tells several of one field apart."""
    name = f"{what}:{info.path.typename}.{info.path.key}:{id(info._raw_info.field_nodes[0])}"
    if name not in info.context.loaders:
        info.context.loaders[name] = PatientLoader(load_fn=_asked(info, find), cache=False)
    loader: DataLoader[Any, T] = info.context.loaders[name]
    return loader


def _asked(info: Any, find: Callable[[Sequence[Any]], Sequence[T]]) -> Callable[[list[Any]], Awaitable[Sequence[T]]]:
    """Return the question as it is asked: by a request in its thread, by a socket with a connection for the moment."""
    if info.context.outbound is None:
        return sync_to_async(find)

    async def asked(keys: list[Any]) -> Sequence[T]:
        return await in_database(partial(find, keys))

    return asked
