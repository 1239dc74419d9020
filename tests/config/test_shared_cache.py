"""The cache in Redis while Redis hangs or is gone: one waits a moment, and the others not at all."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import MaxConnectionsError
from redis.exceptions import TimeoutError as NoAnswer

from config import shared_cache
from config.shared_cache import RedisWithBackoff, SharedCache


@pytest.fixture(autouse=True)
def rested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RedisWithBackoff, "_backoff_until", 0.0)
    monkeypatch.setattr(shared_cache, "COMMAND_TIMEOUT_SECONDS", 0.3)


@pytest.fixture
def silent() -> Iterator[SharedCache]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield SharedCache(f"redis://127.0.0.1:{server.getsockname()[1]}/0", {})


def test_who_asks_a_redis_that_hangs_waits_once_and_the_next_not_at_all(silent: SharedCache) -> None:
    began = time.monotonic()
    with pytest.raises((NoAnswer, NoConnection)):
        silent.add("rate", 0)
    assert time.monotonic() - began > 0.2
    for _ in range(50):
        with pytest.raises(NoConnection, match="left alone"):
            silent.incr("rate")


def test_it_is_asked_again_after_a_while(silent: SharedCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_cache, "BACKOFF_SECONDS", 0.0)
    for _ in range(2):
        with pytest.raises((NoAnswer, NoConnection)) as failed:
            silent.add("rate", 0)
        assert "left alone" not in str(failed.value)


def test_a_redis_that_is_gone_is_left_alone_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    gone = SharedCache(f"redis://127.0.0.1:{port}/0", {})
    with pytest.raises(NoConnection, match="refused"):
        gone.get("kept")
    with pytest.raises(NoConnection, match="left alone"):
        gone.get("kept")


def test_a_process_without_a_connection_left_does_not_leave_redis_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_: object, **__: object) -> None:
        raise MaxConnectionsError("Too many connections")

    monkeypatch.setattr(Redis, "execute_command", none_left)
    for _ in range(2):
        with pytest.raises(MaxConnectionsError):
            SharedCache("redis://127.0.0.1:1/0", {}).get("kept")


def test_after_the_rest_one_asks_and_the_others_wait_for_its_answer(
    silent: SharedCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking, answer = threading.Event(), threading.Event()

    def ask(*_: object, **__: object) -> bytes:
        asking.set()
        assert answer.wait(60)
        return b"1"

    monkeypatch.setattr(RedisWithBackoff, "_backoff_until", time.monotonic() - 1)
    monkeypatch.setattr(Redis, "execute_command", ask)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(silent.get, "kept")
        assert asking.wait(60)
        with pytest.raises(NoConnection, match="left alone"):
            silent.get("kept")
        answer.set()
        assert first.result(timeout=60) == 1
    assert silent.get("kept") == 1, "it answers, so everybody asks again"
