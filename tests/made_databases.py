"""Databases that were made once, to be copied: migrations take seconds each time.

The empty ones serve until a migration or a library changes, the one with the demo community for one run of the tests.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql

from tests.forked import run_python

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "var" / "test-artifacts" / "databases"
POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432").rstrip("/")
#: Of the PostgreSQL databases that are copied; and the advisory lock of a process that makes or copies one.
PREFIX, LOCK = "mishmob_made_", 0x4D617368
#: How old a database of a former run may be before it is removed.
OLD_SECONDS = 24 * 3600


def create_database(name: str) -> None:
    """Create a PostgreSQL database with all its tables."""
    with psycopg.connect(f"{POSTGRES_URL}/postgres", autocommit=True) as server:
        template = _made_template(server)
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        server.execute(command.format(sql.Identifier(name), sql.Identifier(template)))


def drop_database(name: str) -> None:
    """Drop a PostgreSQL database if it exists; its connections end."""
    with psycopg.connect(f"{POSTGRES_URL}/postgres", autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def copy_database(target: Path, *, demo: bool = False) -> None:
    """Put a database with all its tables at `target`, empty or with the demo community of today."""
    shutil.copy(_made(demo=demo), target)


def _made(*, demo: bool) -> Path:
    """Return the database, which the first process to ask for it makes."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / (f"{run}-demo.sqlite3" if demo else f"{_tables()}-empty.sqlite3")
    with (FOLDER / f"{path.stem}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _make(path, demo=demo)
    return path


def _tables() -> str:
    """Return a name for the tables as the migrations and the libraries make them now."""
    makers = [ROOT / "requirements" / "runtime.txt", *sorted(ROOT.glob("domains/*/migrations/*.py"))]
    return hashlib.sha256(b"".join(maker.read_bytes() for maker in makers)).hexdigest()[:20]


def _make(path: Path, *, demo: bool) -> None:
    _remove_old()
    unfinished = path.with_suffix(".unfinished")
    if demo:
        shutil.copy(_made(demo=False), unfinished)
        _manage(f"sqlite:///{unfinished}", "load_demo", "--verbosity", "0")
    else:
        _manage(f"sqlite:///{unfinished}", "migrate", "--skip-checks", "--verbosity", "0")
    unfinished.rename(path)


def _made_template(server: psycopg.Connection) -> str:
    """Return the name of the PostgreSQL database to copy; the lock is held until the connection ends."""
    server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    made = server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"]).fetchall()
    template = f"{PREFIX}{_tables()}"
    if (template,) not in made:
        for (old,) in made:
            with suppress(psycopg.errors.ObjectInUse):
                server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(old)))
        unfinished = f"{PREFIX}unfinished"
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
        _manage(f"{POSTGRES_URL}/{unfinished}", "migrate", "--skip-checks", "--verbosity", "0")
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        server.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(template)))
    return template


def _manage(database_url: str, *arguments: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environ = {**kept, "DEBUG": "true", "DATABASE_URL": database_url}
    run_python("manage.py", *arguments, environ=environ, check=True)


def _remove_old() -> None:
    for file in FOLDER.iterdir():
        if file.stat().st_mtime < time.time() - OLD_SECONDS:
            file.unlink(missing_ok=True)
