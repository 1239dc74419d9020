"""What a test runs beside the server: a PostgreSQL database, a Redis, a file storage that hangs, the worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from tests.live_server import ARTIFACTS, ROOT, LiveServer, free_port
from tests.made_databases import POSTGRES_URL, create_database, drop_database


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """Create a PostgreSQL database with its tables, yield its URL, and drop it at the end."""
    create_database(name)
    try:
        yield f"{POSTGRES_URL}/{name}"
    finally:
        drop_database(name)


class SilentStorage:
    """An S3 that accepts connections and never answers."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0), backlog=500)
        self._accepted: list[socket.socket] = []
        self.url = f"s3://key:secret@bucket?endpoint_url=http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self._accepted.append(self._server.accept()[0])

    @property
    def asked(self) -> int:
        """How many connections it has accepted."""
        return len(self._accepted)

    def close(self) -> None:
        """Close all connections and accept no more."""
        self._server.close()
        for one in self._accepted:
            one.close()


class OwnRedis:
    """A Redis that a test may kill: its own process, empty at each start."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = ["redis-server", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        with redis.Redis.from_url(self.url, retry=Retry(ConstantBackoff(0.05), 100)) as client:
            assert client.ping()

    def freeze(self) -> None:
        """Let it hang: it keeps its connections, takes new ones, and answers none."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Worker:
    """`make worker` in a process of its own."""

    def __init__(self, server: LiveServer, folder: Path) -> None:
        self.environ = server.environ
        self.schedule = folder / "beat"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        options = ["--beat", "--schedule", str(self.schedule), "--concurrency", "1", "--loglevel", "INFO"]
        with (ARTIFACTS / "worker.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "celery", "--app", "config", "worker", *options],
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it and its children as a crash would."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """Ask it to end; return its exit code."""
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(timeout=30)
        self._process = None
        return code
