"""`make run` as a newcomer meets it: what it says and when, who reaches it, and that its data has one server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.server import network_address
from tests.live_server import ROOT, free_port

pytestmark = [pytest.mark.xdist_group("make-run"), pytest.mark.timeout(600)]
#: The command of the tour, as the README prints it.
TOUR = re.compile(r"DEBUG=true CRAWL_ALLOWED_PRIVATE=(\S+) \.venv/bin/python -m crawlers ([^<\n]+)")


class Running:
    """`manage.py develop`, with its output in a pipe."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "develop"],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""

    def until(self, text: str) -> str:
        """Read what it says until a line holds the text; return all of it."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line
            if text in line:
                return self.said
        raise AssertionError(f"it ended without saying {text!r}: {self.said}")

    def kill(self) -> None:
        """End it as a crash would."""
        with self.process:
            self.process.kill()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment with data of its own, for all servers of a test."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if key in os.environ}
    return {
        **kept,
        "DEBUG": "true",
        "HOST": "0.0.0.0",
        "PORT": str(free_port()),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'run.sqlite3'}",
        "STORAGE_URL": f"file://{tmp_path / 'media'}",
        "EMAIL_URL": f"filemail://{tmp_path / 'mail'}",
    }


@pytest.fixture
def running(environ: dict[str, str]) -> Iterator[Running]:
    """A server that is being started."""
    running = Running(environ)
    yield running
    running.kill()


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        text: str = answer.read().decode()
        return text


def listings(url: str) -> int:
    """Return how many crawled listings there are."""
    query = '{"query": "{ opportunities(filters: {source: \\"Neighbors Pitch In\\"}) { totalCount } }"}'
    request = urllib.request.Request(f"{url}/graphql/", query.encode(), {"Content-Type": "application/json"})
    number: int = json.loads(read(request))["data"]["opportunities"]["totalCount"]  # type: ignore[arg-type]
    return number


def test_it_says_where_it_is_and_has_its_data_for_itself(running: Running, environ: dict[str, str]) -> None:
    port = environ["PORT"]
    url = f"http://127.0.0.1:{port}"
    said = running.until("Crawled the demo site (icalendar)")
    for address in (url, f"{url}/graphql/", f"{url}/docs/", f"{url}/demo/chat", f"{url}/admin/"):
        assert re.search(rf"\s{re.escape(address)}(\s|$)", said)
    elsewhere = network_address("0.0.0.0")
    if elsewhere:
        assert f"http://{elsewhere}:{port}" in said
        assert f"http://{elsewhere}:{port}/graphql/" in read(f"http://{elsewhere}:{port}/docs/")

    # A second one on the same data is refused, on whichever port.
    second = Running({**environ, "PORT": str(free_port())})
    refused = second.until("MishMob cannot start")
    assert second.process.wait() == 1
    second.kill()
    assert f"{url}, process {running.process.pid}" in refused

    # The tour's crawl, as this server's own page prints it, finds again what the start has found.
    before = listings(url)
    assert before > 0
    allowed, arguments = TOUR.findall(read(f"{url}/docs/"))[0]
    crawl = subprocess.run(
        [sys.executable, "-m", "crawlers", *arguments.split()],
        cwd=ROOT,
        env={**environ, "CRAWL_ALLOWED_PRIVATE": allowed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert " 0 new" in crawl.stdout, crawl.stdout + crawl.stderr
    assert listings(url) == before

    # After a crash it starts again, and on another port it still knows what it has crawled.
    running.kill()
    moved = free_port()
    again = Running({**environ, "PORT": str(moved), "HOST": "127.0.0.1"})
    try:
        said = again.until("Crawled the demo site (icalendar)")
        assert said.count(" 0 new") == 2, said
        assert listings(f"http://127.0.0.1:{moved}") == before
    finally:
        again.kill()
