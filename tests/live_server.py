"""A real server in a process of its own, for stories that sockets, signals and crashes are part of."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, ClassVar

from tests.forked import ForkedPython, run_python
from tests.made_databases import copy_database

ROOT = Path(__file__).parents[1]
ARTIFACTS = ROOT / "var" / "test-artifacts"
START_PATIENCE = 60


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class LiveServer:
    """`manage.py serve` with an environment of its own; its log is in var/test-artifacts."""

    #: Whether it is forked from a process that has the libraries imported; benchmarks measure it whole.
    is_forked: ClassVar[bool] = False

    def __init__(self, name: str, **environ: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.socket_url = f"ws://127.0.0.1:{self.port}/graphql/"
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        self.log = ARTIFACTS / f"{name}-{os.getpid()}.log"
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if key in os.environ}
        self.environ = {**kept, "DEBUG": "true", "PORT": str(self.port), **environ}
        self.command = [sys.executable, "manage.py", "serve"]
        self._process: subprocess.Popen[bytes] | ForkedPython | None = None

    def manage(self, *arguments: str) -> None:
        """Run a management command in the server's environment."""
        said = self._python("manage.py", *arguments)
        with self.log.open("a") as log:
            log.write(said)

    def fill(self, *, demo: bool = False) -> None:
        """Make the server's SQLite database: empty, or with the demo community."""
        copy_database(Path(self.environ["DATABASE_URL"].removeprefix("sqlite:///")), demo=demo)

    def run(self, code: str) -> str:
        """Run Python in the server's environment, among its rows; return what it printed."""
        return self._python("manage.py", "shell", "--no-imports", "-c", code).strip()

    def start(self) -> None:
        """Start the process and wait until it answers."""
        if self.is_forked:
            self._process = ForkedPython(*self.command[1:], environ=self.environ, log=self.log)
        else:
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(self.command, cwd=ROOT, env=self.environ, stdout=log, stderr=log)
        deadline = time.monotonic() + START_PATIENCE
        while not self._answers():
            assert self._process.poll() is None, f"the server ended: see {self.log}"
            assert time.monotonic() < deadline, f"the server did not start: see {self.log}"
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a crash would: at once, without a word."""
        self._end(signal.SIGKILL)

    def stop(self) -> float:
        """Ask it to end; return how many seconds that took."""
        began = time.monotonic()
        self._end(signal.SIGTERM)
        return time.monotonic() - began

    def restart(self) -> None:
        """Start it again after a `kill` or `stop`, or instead of them: the same port, the same database."""
        if self._process is not None:
            self.kill()
        self.start()

    def memory(self, what: str = "VmRSS") -> int:
        """Return how many bytes the process holds; with `VmHWM`, how many at the most since `forget_peak`."""
        assert self._process is not None
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))

    def forget_peak(self) -> None:
        """Begin to measure anew how much memory the process takes at the most."""
        assert self._process is not None
        Path(f"/proc/{self._process.pid}/clear_refs").write_text("5")

    def cpu_seconds(self) -> float:
        """Return how much processor time the process has taken, all its threads together."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def ask(self, document: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        """Return the whole answer to an operation over HTTP."""
        body = json.dumps({"query": document, "variables": variables}).encode()
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(f"{self.url}/graphql/", body, headers)
        with urllib.request.urlopen(request, timeout=20) as response:
            answer: dict[str, Any] = json.loads(response.read())
            return answer

    def _python(self, *arguments: str) -> str:
        if self.is_forked:
            return run_python(*arguments, environ=self.environ, check=True).stdout
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environ, check=True, stdout=subprocess.PIPE, text=True).stdout

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            return bool(urllib.request.urlopen(f"{self.url}/healthz", timeout=2).status == 200)
        return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
                raise
            finally:
                self._process = None
