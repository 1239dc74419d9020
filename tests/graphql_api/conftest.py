"""A real server for what only a real server shows, and somebody who sends files."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import connections

from tests.graphql_api.silence import watch_streams
from tests.graphql_api.uploader import Uploader
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
    server.fill()
    server.start()
    yield server
    server.kill()


@pytest.fixture
def uploader(db: None) -> Uploader:
    """Somebody who is signed in."""
    return Uploader()


@pytest.fixture
def empty_folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Where files go while they come in; nothing may be left there."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


@pytest_asyncio.fixture
async def no_connection_is_left(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[None, None]:
    """The thread that coroutines share for their database work outlives the test; its connection does not."""
    watch_streams(monkeypatch)
    yield
    await sync_to_async(connections.close_all)()
