"""The database from coroutines that live long."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, close_old_connections

logger = logging.getLogger("mishmob.live")

T = TypeVar("T")
#: What is raised while the database is away, or has cut the connection.
AWAY = (OperationalError, InterfaceError)
#: Seconds until what failed is asked again.
RETRY = 1.0


async def in_database(question: Callable[[], T]) -> T:
    """Ask in a thread and give its connection back at once: a socket that waits must not hold one.

    The threads are the loop's own few, so that one slow question does not stand before all others.
    """
    return await sync_to_async(_ask, thread_sensitive=False)(question)


async def until_it_answers(question: Callable[[], T]) -> T:
    """Ask again, until there is an answer: what has begun to follow something outlives a database that is away."""
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
