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
        if _empty_log():
            return
    raise LogIsRead


def _empty_log() -> bool:
    """Empty the log unless somebody reads or writes right now: waiting here would keep all writers waiting."""
    timeout = connection.settings_dict["OPTIONS"]["timeout"]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            is_busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(timeout * 1000)}")
    return not is_busy
