"""Locks on names, for what has no row yet to lock: held until the transaction ends.

On PostgreSQL they are advisory locks. SQLite needs none: there only one transaction writes at a time.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Func, TextField


class HoldShared(Func):
    """Holds the lock whose key a statement reads, together with others who share it; none where the key is NULL.

    To annotate the statement that locks a row anyway, which so takes two locks at the price of one. What
    that statement reads may be older than the lock: read what the lock protects in a later one.
    """

    template = "pg_advisory_xact_lock_shared(hashtextextended('%(what)s ' || %(expressions)s, 0))"
    output_field = TextField()

    def __init__(self, key: str, *, what: str) -> None:
        super().__init__(key, what=what)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:  # noqa: ARG002 - Django's shape
        """Hold nothing."""
        return "NULL", []


def hold(*, what: str, key: str) -> None:
    """Wait until nobody else holds this lock, shared or not, and hold it alone."""
    _take("pg_advisory_xact_lock", f"{what} {key}")


def hold_shared(*, what: str, key: str) -> None:
    """Wait until nobody holds this lock alone, and hold it together with others."""
    _take("pg_advisory_xact_lock_shared", f"{what} {key}")


def _take(function: str, name: str) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError(f"the lock of {name} was asked for outside a transaction")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [name])
