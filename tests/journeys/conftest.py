"""The server that journeys go to: embedded, with a database of its own and the demo community in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live_server import LiveServer


@pytest.fixture(scope="session")
def community_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A running server; a test that ends it starts it again."""
    folder = tmp_path_factory.mktemp("live")
    server = LiveServer(
        "live-server",
        DATABASE_URL=f"sqlite:///{folder / 'live.sqlite3'}",
        STORAGE_URL=f"file://{folder / 'media'}",
        EMAIL_URL=f"filemail://{folder / 'mail'}",
    )
    server.fill(demo=True)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def live_server_url(community_server: LiveServer) -> str:
    """Where it answers, such as `http://127.0.0.1:54321`."""
    return community_server.url
