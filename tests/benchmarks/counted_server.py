"""A server that counts its statements: `python -m tests.benchmarks.counted_server SOCKET PORT`.

Whoever connects to the Unix socket is told, as JSON, how often each statement has run since the start.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from tests.live_server import LiveServer

_counts: Counter[str] = Counter()


class CountedServer(LiveServer):
    """A live server whose statements can be counted from outside."""

    def __init__(self, name: str, folder: Path, **environ: str) -> None:
        super().__init__(name, **environ)
        self._telling = folder / "statements.sock"
        self.command = [
            sys.executable,
            "-m",
            "tests.benchmarks.counted_server",
            str(self._telling),
            str(self.port),
        ]

    def statements(self) -> Counter[str]:
        """Return how often each statement has run since the start."""
        with socket.socket(socket.AF_UNIX) as teller:
            teller.connect(str(self._telling))
            told = b"".join(iter(lambda: teller.recv(1 << 16), b""))
        return Counter(json.loads(told))


def main() -> None:
    import django
    from django.db.backends.utils import CursorWrapper

    django.setup()
    _count(CursorWrapper, "execute")
    _count(CursorWrapper, "executemany")
    threading.Thread(target=_tell, args=(sys.argv[1],), daemon=True).start()

    from config import server
    from config.migrations import migrate

    migrate()
    server.run(host="127.0.0.1", port=int(sys.argv[2]))


def _count(cursor: Any, name: str) -> None:
    plain = getattr(cursor, name)

    def counted(self: Any, sql: Any, *args: Any, **kwargs: Any) -> Any:
        _counts[str(sql)] += 1
        return plain(self, sql, *args, **kwargs)

    setattr(cursor, name, counted)


def _tell(path: str) -> None:
    Path(path).unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        while True:
            asker, _ = listener.accept()
            with asker:
                asker.sendall(json.dumps(dict(_counts)).encode())


if __name__ == "__main__":
    main()
