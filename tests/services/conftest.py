"""The services that production runs on: a PostgreSQL database and a Redis, both made for this session."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from tests.live_server import LiveServer
from tests.processes import OwnRedis

if connection.vendor != "postgresql":
    collect_ignore_glob = ["test_*.py"]

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432").rstrip("/")


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A new, empty database; it is dropped at the end."""
    name = f"mishmob_services_{os.getpid()}"
    with psycopg.connect(f"{POSTGRES_URL}/postgres", autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{POSTGRES_URL}/{name}"
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


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


@pytest.fixture(scope="session")
def two_servers(database_url: str, redis_url: str) -> Iterator[tuple[LiveServer, LiveServer]]:
    """Two server processes that share the database and Redis, with the demo community in them."""
    environ = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    servers = LiveServer("services-one", **environ), LiveServer("services-two", **environ)
    servers[0].manage("migrate", "--verbosity", "0")
    servers[0].manage("load_demo")
    try:
        for server in servers:
            server.start()
        yield servers
    finally:
        for server in servers:
            server.kill()
