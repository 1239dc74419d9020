"""Emptying SQLite's write-ahead log: never while others wait for it, and never given up in silence."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from domains.base import freed_pages


def test_a_reader_delays_it_and_its_own_wait_keeps_nobody_from_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = [sqlite3.connect(tmp_path / "x.sqlite3", isolation_level=None, timeout=seconds) for seconds in (0, 0, 20)]
    reader, writer, own = opened
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE words (word)")
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM words").fetchall()
    writer.execute("INSERT INTO words VALUES ('canary')")
    stand_in = SimpleNamespace(
        vendor="sqlite",
        in_atomic_block=False,
        settings_dict={"OPTIONS": {"timeout": 20}},
        cursor=lambda: closing(own.cursor()),
    )
    monkeypatch.setattr(freed_pages, "connection", stand_in)
    writes: list[object] = []
    # The writer waits for nobody: it would fail at once if the checkpoint held the lock.
    monkeypatch.setattr(time, "sleep", lambda _: writes.append(writer.execute("DELETE FROM words")))
    with pytest.raises(freed_pages.LogIsRead):
        freed_pages.overwrite_freed_pages()
    assert len(writes) == freed_pages.TRIES
    assert own.execute("PRAGMA busy_timeout").fetchone() == (20_000,)
    reader.execute("COMMIT")
    freed_pages.overwrite_freed_pages()
    assert (tmp_path / "x.sqlite3-wal").stat().st_size == 0
    for one in opened:
        one.close()
