"""The database from coroutines that live long."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections

T = TypeVar("T")


async def in_database(question: Callable[[], T]) -> T:
    """Ask in a thread and give its connection back at once: a socket that waits must not hold one.

    The threads are the loop's own few, so that one slow question does not stand before all others.
    """
    return await sync_to_async(_ask, thread_sensitive=False)(question)


def _ask(question: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return question()
    finally:
        close_old_connections()
