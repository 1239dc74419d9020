"""The services that production runs on: a PostgreSQL database and a Redis, both made for this session."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.db import connection

from tests.live_server import LiveServer
from tests.processes import OwnRedis, SilentStorage, own_database

if connection.vendor != "postgresql":
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A new, empty database; it is dropped at the end."""
    with own_database(f"mishmob_services_{os.getpid()}") as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A running Redis of this session's own.

    In a shared one the servers of two sessions, whose people and conversations have the same ids, would count into
    each other's rate limits and wake each other's sockets; and a test that cuts its connections would cut everybody's.
    """
    server = OwnRedis()
    server.start()
    yield server.url
    server.kill()


@pytest.fixture
def own_redis() -> Iterator[OwnRedis]:
    """A running Redis of the test's own."""
    server = OwnRedis()
    server.start()
    yield server
    server.kill()


@pytest.fixture
def silent_storage() -> Iterator[SilentStorage]:
    """A file storage that hangs."""
    storage = SilentStorage()
    yield storage
    storage.close()


@pytest.fixture(scope="session")
def two_servers(database_url: str, redis_url: str) -> Iterator[tuple[LiveServer, LiveServer]]:
    """Two server processes that share the database and Redis, with the demo community in them."""
    environ = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    servers = LiveServer("services-one", **environ), LiveServer("services-two", **environ)
    servers[0].manage("load_demo")
    try:
        for server in servers:
            server.start()
        yield servers
    finally:
        for server in servers:
            server.kill()
