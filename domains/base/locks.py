"""Locks by name, for cases without a row to lock; they are held until the transaction ends.

On PostgreSQL they are advisory locks. SQLite needs none, because only one transaction writes at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection
from django.db.models import Func, TextField

from domains.base.errors import Code, Refused

BUSY_MESSAGE = "Somebody else is changing this right now; try again in a moment."
#: PostgreSQL's error codes: lock timeout, and deadlock.
LOCK_ERROR_CODES = frozenset({"55P03", "40P01"})
#: SQLite's error: another process or thread has been writing for longer than the timeout.
SQLITE_BUSY = "SQLITE_BUSY"
#: A statement may wait for a lock twice, first for its predecessor in the queue; both waits together can exceed the
#: statement timeout.
STATEMENT_TIMEOUT_CODE, LOCK_WAIT_CONTEXT = (
    "57014",
    re.compile(r"while (locking|updating|deleting|inserting index|rechecking updated) "),
)


def is_busy(error: OperationalError) -> bool:
    """Return whether the statement failed because another transaction held its lock; a retry helps."""
    cause: Any = error.__cause__
    if getattr(cause, "sqlite_errorname", None) == SQLITE_BUSY:
        return True
    state = getattr(cause, "sqlstate", None)
    if state == STATEMENT_TIMEOUT_CODE:
        return bool(LOCK_WAIT_CONTEXT.search(cause.diag.context or ""))
    return state in LOCK_ERROR_CODES


@contextmanager
def refuse_when_busy() -> Iterator[None]:
    """Refuse with CONFLICT if the block could not get a lock that another transaction holds."""
    try:
        yield
    except OperationalError as error:
        if is_busy(error):
            raise Refused.because(Code.CONFLICT, BUSY_MESSAGE) from error
        raise


class HoldShared(Func):
    """Takes the shared lock whose key a statement reads; none if the key is NULL.

    Annotate the statement that locks a row anyway with it, which then takes both locks at once. The data that
    this statement reads may be older than the lock: read what the lock protects in a later statement.
    """

    template = "pg_advisory_xact_lock_shared(hashtextextended('%(what)s ' || %(expressions)s, 0))"
    output_field = TextField()

    def __init__(self, key: str, *, what: str) -> None:
        super().__init__(key, what=what)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:  # noqa: ARG002 - Django's shape
        """Hold nothing."""
        return "NULL", []


def hold(*, what: str, key: str) -> None:
    """Wait until no other transaction holds this lock, shared or not, and hold it alone."""
    _acquire("pg_advisory_xact_lock", f"{what} {key}")


def hold_shared(*, what: str, key: str) -> None:
    """Wait until no other transaction holds this lock alone, and share it."""
    _acquire("pg_advisory_xact_lock_shared", f"{what} {key}")


def _acquire(function: str, name: str) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError(f"the lock of {name} was asked for outside a transaction")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [name])
