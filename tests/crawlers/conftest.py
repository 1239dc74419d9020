"""A web server on this machine, and the real crawler as a process of its own on a database of its own."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.forked import run_python
from tests.made_databases import copy_database
from tests.shared_data import need_shared_data

MEGABYTE = 1024 * 1024


class _Handler(SimpleHTTPRequestHandler):
    """Serves files, and a few answers that no file gives."""

    def do_GET(self):
        answer = {
            "/to-metadata": lambda: self._redirect("http://169.254.169.254/latest/meta-data/"),
            "/to-file": lambda: self._redirect("file:///etc/passwd"),
            "/to-ipv6": lambda: self._redirect("http://[::1]:1/"),
            "/too-large": lambda: self._body(b" " * (9 * MEGABYTE)),
            "/bomb": lambda: self._body(gzip.compress(b" " * (64 * MEGABYTE)), "gzip"),
            "/broken": lambda: self.send_error(500),
        }.get(self.path, super().do_GET)
        answer()

    def _redirect(self, where):
        self.send_response(302)
        self.send_header("Location", where)
        self.end_headers()

    def _body(self, body, encoding="identity"):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:  # the crawler hangs up on what is too large
            self.close_connection = True

    def log_message(self, *args):
        pass


@pytest.fixture
def shared_data() -> Path:
    """The folder of real input."""
    return need_shared_data()


@pytest.fixture
def serve() -> Iterator[Callable[[Path], str]]:
    """`serve(folder)` puts a folder on the web and returns its address, with a slash at the end."""
    servers: list[ThreadingHTTPServer] = []

    def start(folder: Path) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
        servers.append(server)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@dataclass
class Crawl:
    """What a run of the crawler printed, and how it ended."""

    code: int
    summary: str
    log: str

    @property
    def counts(self) -> list[str]:
        """The summaries without the addresses, one per source."""
        return [line.partition(": ")[2] for line in self.summary.splitlines()]


@dataclass
class Crawler:
    """Runs commands of the project on the database at `path`."""

    path: Path
    allowed: set[str] = field(default_factory=set)

    def __call__(self, *arguments: str) -> Crawl:
        """`python -m crawlers …`, allowed to visit the servers of this test."""
        self.allowed |= {urlsplit(word).netloc for word in arguments if word.startswith("http://127.0.0.1:")}
        return self.run(*arguments)

    def run(self, *arguments: str) -> Crawl:
        """`python -m crawlers …` with what is allowed so far."""
        done = self.python("-m", "crawlers", *arguments)
        return Crawl(done.returncode, done.stdout, done.stderr)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table of the opportunities, such as `listing`."""
        with closing(sqlite3.connect(self.path)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(f"SELECT * FROM opportunities_{table} ORDER BY 1")]

    def statuses(self) -> dict[str, str]:
        """The status of each opportunity by its title."""
        return {row["title"]: row["status"] for row in self.rows("opportunity")}

    def ask_api(self, query: str, **variables: Any) -> dict[str, Any]:
        """The `data` that the server on this database answers a stranger who asks over HTTP."""
        code = (
            "import sys; from django.test import Client; client = Client(SERVER_NAME='localhost'); "
            "answer = client.post('/graphql/', sys.stdin.read(), content_type='application/json'); "
            "print(answer.content.decode())"
        )
        question = json.dumps({"query": query, "variables": variables})
        done = self.python("manage.py", "shell", "--no-imports", "--verbosity", "0", "--command", code, stdin=question)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    def python(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Python in the project, as a person would start it."""
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        environment |= {
            "DEBUG": "true",
            "DATABASE_URL": f"sqlite:///{self.path}",
            "REDIS_URL": "",
            "CRAWL_ALLOWED_PRIVATE": ",".join(sorted(self.allowed)),
        }
        return run_python(*arguments, environ=environment, stdin=stdin, timeout=100)


@pytest.fixture
def crawler(tmp_path: Path) -> Crawler:
    """The real crawler on an empty database."""
    path = tmp_path / "crawl.sqlite3"
    copy_database(path)
    return Crawler(path)
