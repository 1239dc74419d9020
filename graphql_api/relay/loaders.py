"""Loaders that batch the lookups of one field for all rows, where no join can fetch the data.

Nothing is cached between two batches, because a subscription is long-lived and its data would be stale at the next
event. Call the loaders in async resolvers, so that all rows ask at the same time. The resolvers of the parent objects
must be async too: a sync resolver runs in a thread, and its rows return one by one.
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
    """Return the row of `rows()` with this primary key and the fields that the client selects."""
    return await load(info, key, lambda keys: optimize(rows(), info=info).in_bulk(keys))


async def load_rows(info: Info, key: Any, rows: Callable[[], QuerySet[M]], by: str) -> list[M]:
    """Return the rows of `rows()` whose column `by` is the key, in order, with the fields that the client selects."""

    def find(keys: Sequence[Any]) -> Mapping[Any, list[M]]:
        store = OptimizerStore.with_hints(only=[by])
        found: defaultdict[Any, list[M]] = defaultdict(list)
        for row in optimize(rows().filter(**{f"{by}__in": keys}), info=info, store=store):
            found[getattr(row, by)].append(row)
        return found

    return await load(info, key, find) or []


async def load(info: Info, key: Any, find: Callable[[Sequence[Any]], Mapping[Any, T]]) -> T | None:
    """Return the value that `find` gives for the key, or None; `find` is called once for all rows."""

    def find_all(keys: Sequence[Any]) -> list[T | None]:
        found = find(list(dict.fromkeys(keys)))
        return [found.get(key) for key in keys]

    return await batch(info, "", find_all).load(key)


class PatientLoader(DataLoader[Any, Any]):
    """A loader that waits for the rows of all lists at its place: rows of inner lists arrive some rounds apart."""

    #: Rounds of the event loop to wait: enough for three levels of nested lists.
    ROUNDS = 8

    @property
    def loop(self) -> Any:
        """Return this object, which replaces the event loop for the library."""
        return self

    def create_future(self) -> asyncio.Future[Any]:
        """Return a future of the running loop."""
        return asyncio.get_running_loop().create_future()

    def call_soon(self, ask: Callable[[], None], rounds: int = ROUNDS) -> None:
        """Call `ask` after this many rounds."""
        later = partial(self.call_soon, ask, rounds - 1) if rounds else ask
        asyncio.get_running_loop().call_soon(later)


def batch(info: Any, what: str, find: Callable[[Sequence[Any]], Sequence[T]]) -> DataLoader[Any, T]:
    """Return the loader of this field at its place in the response; `what` distinguishes several loaders of one field.

    If two places spread the same fragment, each has its own loader: their rows arrive at different times, so a shared
    loader would sometimes run one statement and sometimes two.
    """
    name = f"{what}:{_place_of(info.path)}:{id(info._raw_info.field_nodes[0])}"
    if name not in info.context.loaders:
        info.context.loaders[name] = PatientLoader(load_fn=_asked(info, find), cache=False)
    loader: DataLoader[Any, T] = info.context.loaders[name]
    return loader


def _place_of(path: Any) -> str:
    """Return the path from the root to the field, without the indexes of lists, so that all rows share it."""
    steps = []
    while path is not None:
        if path.typename is not None:  # an index of a list has no type name
            steps.append(f"{path.typename}.{path.key}")
        path = path.prev
    return "/".join(steps)


def _asked(info: Any, find: Callable[[Sequence[Any]], Sequence[T]]) -> Callable[[list[Any]], Awaitable[Sequence[T]]]:
    """Return `find` as a coroutine function: requests run it in their thread, sockets on a short-lived connection."""
    if info.context.outbound is None:
        return sync_to_async(find)

    async def asked(keys: list[Any]) -> Sequence[T]:
        return await in_database(partial(find, keys))

    return asked
