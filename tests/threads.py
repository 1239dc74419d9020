"""Running the same act in many threads at once, each with a database connection of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

from domains.base.errors import Refused

R = TypeVar("R")


def at_once(act: Callable[[int], R], times: int) -> list[R | Refused]:
    """Call `act(0) … act(times - 1)` at the same moment; return each result, or the refusal it met."""
    start = threading.Barrier(times)

    def run(number: int) -> R | Refused:
        try:
            start.wait(timeout=30)
            return act(number)
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(run, range(times)))


def somebody_waits(*, patience: float) -> bool:
    """Wait until a connection to this PostgreSQL database waits for another's lock; whether one did in so many seconds.

    Other databases do not count: other processes' tests are at work in them.
    """
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees the first answer ever after
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event_type = 'Lock')"
            )
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.01)
    return False
