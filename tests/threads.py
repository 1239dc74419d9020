"""Running the same act in many threads at once, each with a database connection of its own."""

from __future__ import annotations

import threading
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
