"""Turns: how many mutations are at work in the database at once.

Whoever waits for a lock holds a connection meanwhile. If a row, or a table, is held for long and many want it, they
would hold all connections of the process, and reads and everybody else's mutations would wait behind them. So mutations
take turns, fewer than there are connections; who waits for a turn holds none.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection

from domains.base.errors import Code, Refused
from domains.base.locks import BUSY, is_busy

#: Of the twenty connections that a process has (config/settings/base.py).
MOST_AT_ONCE = 12
#: So many seconds somebody waits for a turn at least, and longer while turns go round, but not for ever.
PATIENCE, LONGEST = 3.0, 10.0
POLL = 0.1


class Turns:
    """The turns of this process."""

    def __init__(self, most: int) -> None:
        self._free = threading.Semaphore(most)
        self._stuck_at = float("-inf")

    @contextmanager
    def one(self) -> Iterator[None]:
        """Have a turn; refuses with CONFLICT where none is to be had because others wait for locks in vain."""
        if not self._free.acquire(blocking=False):
            if not connection.in_atomic_block:
                connection.close()  # gives it back
            self._wait()
        try:
            yield
        except OperationalError as error:
            if is_busy(error):
                self._stuck_at = time.monotonic()
            raise
        finally:
            self._free.release()

    def _wait(self) -> None:
        began = time.monotonic()
        while not self._free.acquire(timeout=POLL):
            waited = time.monotonic() - began
            if waited > LONGEST or (waited > PATIENCE and self._stuck_at > began):
                raise Refused.because(Code.CONFLICT, BUSY)


turns = Turns(MOST_AT_ONCE)
