"""Releasing the database connection, and the slot of a gate, while an act waits for slow work.

File storage, the encoding of pictures and password hashes take seconds. An act that held a connection meanwhile
would keep other requests from the database, so such work runs in `released()`, outside any transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from django.db import connection


class Slot(Protocol):
    """A slot of a gate that bounds how many acts use the database at once."""

    def acquire(self) -> None:
        """Wait for the slot; refuses with CONFLICT if it takes too long."""

    def release(self) -> None:
        """Give the slot to the next act."""


_current: ContextVar[Slot | None] = ContextVar("current_slot", default=None)


@contextmanager
def holding(slot: Slot) -> Iterator[None]:
    """Let `released` know which slot this act holds."""
    token = _current.set(slot)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def released() -> Iterator[None]:
    """Hold neither a connection nor a slot during the block; afterwards the slot is acquired again.

    Refuses with CONFLICT if the slot cannot be acquired again in time. If the block fails, the slot is not acquired
    again, because the act fails, too.
    """
    blocks = connection.atomic_blocks
    # The transaction that Django's TestCase wraps around a test does not count.
    if blocks and not getattr(blocks[-1], "_from_testcase", False):
        raise RuntimeError("slow work inside a transaction would hold its locks and its connection")
    if not connection.in_atomic_block:
        connection.close()  # returns it to the pool
    slot = _current.get()
    if slot is not None:
        slot.release()
    yield
    if slot is not None:
        slot.acquire()
