"""A real server for what only a real server shows: closing handshakes, close codes, time-outs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live_server import LiveServer


@pytest.fixture(scope="session")
def socket_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A running server with an empty community."""
    folder = tmp_path_factory.mktemp("sockets")
    server = LiveServer(
        "socket-server",
        DATABASE_URL=f"sqlite:///{folder / 'sockets.sqlite3'}",
        CORS_ALLOWED_ORIGINS="https://app.example.org",
    )
    server.manage("migrate", "--verbosity", "0")
    server.start()
    yield server
    server.kill()
