"""Migrating the database at the start, without the time limits of requests."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection

TIMEOUT_SETTINGS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def migrate() -> None:
    """Apply the missing migrations; rewriting a table may take longer than a request may run."""
    has_limits = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for limit in TIMEOUT_SETTINGS if has_limits else ():
            cursor.execute(f"SET {limit} = 0")
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        for limit in TIMEOUT_SETTINGS if has_limits else ():
            cursor.execute(f"RESET {limit}")
    connection.close()
