"""Database access from long-lived coroutines."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, close_old_connections

logger = logging.getLogger("mishmob.live")

T = TypeVar("T")
#: Exceptions raised while the database is unavailable, or after it has closed the connection.
AWAY = (OperationalError, InterfaceError)
#: Seconds until a failed query is retried.
RETRY = 1.0


async def in_database(question: Callable[[], T]) -> T:
    """Run the query in a thread and return its connection at once: a waiting socket must not hold one.

    The threads are the event loop's own pool, so that one slow query does not block all others.
    """
    return await sync_to_async(_ask, thread_sensitive=False)(question)


async def until_it_answers(question: Callable[[], T]) -> T:
    """Retry until the query succeeds: a running subscription survives while the database is unavailable."""
    while True:
        try:
            return await in_database(question)
        except AWAY as error:
            logger.warning("the database does not answer, it is asked again: %r", error)
            await asyncio.sleep(RETRY)


def _ask(question: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return question()
    finally:
        close_old_connections()
