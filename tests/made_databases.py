"""SQLite databases that were made once, to be copied: migrations take seconds each time.

The empty one serves until a migration or a library changes, the one with the demo community for one run of the tests.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "var" / "test-artifacts" / "databases"
#: How old a database of a former run may be before it is removed.
OLD_SECONDS = 24 * 3600


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
        _manage(unfinished, "load_demo", "--verbosity", "0")
    else:
        _manage(unfinished, "migrate", "--skip-checks", "--verbosity", "0")
    unfinished.rename(path)


def _manage(path: Path, *arguments: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environ = {**kept, "DEBUG": "true", "DATABASE_URL": f"sqlite:///{path}"}
    subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL
    )


def _remove_old() -> None:
    for file in FOLDER.iterdir():
        if file.stat().st_mtime < time.time() - OLD_SECONDS:
            file.unlink(missing_ok=True)
