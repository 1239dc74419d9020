"""Somebody deletes an account where the services are: neither the database's dump nor Redis has a word of theirs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from tests.leaving_story import LeavingStory
from tests.live_server import LiveServer
from tests.own_s3 import WEED, OwnS3
from tests.processes import OwnRedis, Worker, own_database

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(WEED is None and "CI" not in os.environ, reason="needs SeaweedFS: make install-dev"),
]


@pytest.fixture
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnS3]:
    server = OwnS3(tmp_path_factory.mktemp("s3"))
    yield server
    server.kill()


@pytest.fixture
def server(own_redis: OwnRedis, s3: OwnS3, tmp_path: Path) -> Iterator[LiveServer]:
    with own_database(f"mishmob_erasure_{os.getpid()}") as url:
        server = LiveServer(
            "erasure-on-services",
            DATABASE_URL=url,
            REDIS_URL=own_redis.url,
            STORAGE_URL=s3.url,
            EMAIL_URL=f"filemail://{tmp_path / 'mail'}",
        )
        server.manage("migrate", "--verbosity", "0")
        server.start()
        yield server
        server.kill()


@pytest.fixture
def worker(server: LiveServer, tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(server, tmp_path)
    worker.start()
    yield worker
    worker.kill()


def dump(server: LiveServer, file: Path) -> Path:
    """Write every row of every table into the file."""
    url = urlsplit(server.environ["DATABASE_URL"])
    subprocess.run(["pg_dump", "--data-only", "--file", str(file), url.geturl()], check=True)
    return file


def write_keys(url: str, file: Path) -> Path:
    """Write every key of Redis with its value into the file."""
    with redis.from_url(url) as client, file.open("wb") as out:
        for key in client.scan_iter():
            out.write(key + b" " + (client.dump(key) or b"") + b"\n")
    return file


def test_not_a_word_is_left_in_the_services(
    server: LiveServer, worker: Worker, own_redis: OwnRedis, s3: OwnS3, tmp_path: Path
) -> None:
    story = LeavingStory(server)
    assert len(story.found_in([dump(server, tmp_path / "before.sql")])["before.sql"]) > 80
    story.take_a_copy()
    assert any(name.startswith("exports/") for name in s3.names())
    story.leave()
    looked_at = [dump(server, tmp_path / "after.sql"), write_keys(own_redis.url, tmp_path / "redis"), server.log]
    assert story.found_in(looked_at) == {}
    assert [name for name in s3.names() if not name.startswith("reports/")] == []
