"""What a database file still holds of rows that were removed.

SQLite runs with `secure_delete`, so that it overwrites what is removed; but the former pages stay in its write-ahead
log until they are copied into the file. PostgreSQL cleans its pages by itself (VACUUM), and no query or dump shows what
was removed.
"""

from __future__ import annotations

import time

from django.db import connection

#: How often, and how long after each other, the log is copied: readers that are under way hold it for a moment.
TRIES, PAUSE_SECONDS = 20, 0.25


class LogIsRead(Exception):
    """Somebody reads the database for so long that the write-ahead log cannot be emptied yet."""


def overwrite_freed_pages() -> None:
    """Copy SQLite's write-ahead log into the database file, and empty it; raises LogIsRead if readers prevent it."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    for number in range(TRIES):
        time.sleep(PAUSE_SECONDS if number else 0)
        with connection.cursor() as cursor:
            is_busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not is_busy:
            return
    raise LogIsRead
