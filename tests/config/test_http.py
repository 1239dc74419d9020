"""Connections that are never ended, by what their clients send or do not read: each ends, on a real server."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn

from config import http
from config.http import MAX_PIPELINED_REQUESTS, Protocol
from config.sockets import Protocol as SocketProtocol
from tests.live_server import free_port

MIB = 1024 * 1024
BIG = 16 * MIB
#: How long a test waits for what must happen soon.
PATIENCE = 60
GET = b"GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer each path in another way."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})
        return
    size = BIG if scope["path"] == "/big" else 2
    if scope["path"] == "/count":
        while (await receive()).get("more_body"):
            pass
        size = len(scope["headers"])
    if scope["path"] == "/late":
        await asyncio.sleep(3 * http.RECEIVE_TIMEOUT_SECONDS)
    headers = [(b"content-length", str(size).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for start in range(0, size, 65536):
        await send({"type": "http.response.body", "body": b"x" * min(65536, size - start), "more_body": True})
    await send({"type": "http.response.body"})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server in a thread of its own that loses patience within a second."""
    monkeypatch.setattr(http, "RECEIVE_TIMEOUT_SECONDS", 0.5)
    monkeypatch.setattr(http, "READ_TIMEOUT_SECONDS", 1)
    monkeypatch.setattr(http, "READ_CHECK_SECONDS", 0.1)
    chosen = free_port()
    config = uvicorn.Config(
        application,
        port=chosen,
        loop="uvloop",
        http=Protocol,
        ws=SocketProtocol,
        lifespan="off",
        log_config=None,
        timeout_keep_alive=PATIENCE,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    eventually(lambda: server.started)
    yield chosen
    server.should_exit = True
    thread.join(PATIENCE)
    assert not Protocol.unread_connections


def eventually(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def connect(port: int, *, window: int | None = None) -> socket.socket:
    connection = socket.socket()
    if window:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    connection.settimeout(PATIENCE)
    connection.connect(("127.0.0.1", port))
    return connection


def hear(connection: socket.socket, end: bytes = b"xx") -> bytes:
    heard = b""
    while not heard.endswith(end):
        piece = connection.recv(65536)
        assert piece, f"it ended after {heard!r}"
        heard += piece
    return heard


def length_of_rest(connection: socket.socket) -> int:
    heard = 0
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(MIB):
            heard += len(piece)
    return heard


def drip(connection: socket.socket, drop: bytes) -> None:
    """Send a drop at a time until the connection is closed, which must be soon."""
    connection.settimeout(0.1)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            connection.sendall(drop)
            if connection.recv(65536) == b"":
                return
        except TimeoutError:
            continue
        except OSError:
            return
    pytest.fail("it dripped on and on")


@pytest.mark.parametrize("drop", [b"G", b"\r\n"])
def test_a_second_head_that_drips_is_cut(port: int, drop: bytes) -> None:
    with connect(port) as connection:
        connection.sendall(GET)
        hear(connection)
        drip(connection, drop)


def test_a_second_head_that_began_with_the_first_request_is_cut(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(GET + b"GET /small HTTP/1.1\r\n")
        hear(connection)
        drip(connection, b"X-A: b\r\n")


def test_a_body_that_drips_after_its_answer_is_cut(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
        hear(connection)
        drip(connection, b"x")


def test_who_ends_a_body_after_its_answer_and_says_no_more_is_cut(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n")
        hear(connection)
        connection.sendall(b"body")
        assert connection.recv(1) == b""


def test_a_request_that_came_whole_is_answered_before_a_drip_after_it_is_cut(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(GET.replace(b"small", b"late") + b"GET ")
        hear(connection)
        assert connection.recv(1) == b""


def test_one_request_after_another_is_answered_however_long_it_takes(port: int) -> None:
    with connect(port) as connection:
        for _ in range(3):
            for piece in (GET[:10], GET[10:]):
                connection.sendall(piece)
                time.sleep(0.05)
            hear(connection)
        connection.sendall(GET * 3)
        heard = b""
        while heard.count(b"xx") < 3:
            heard += connection.recv(65536)


def test_a_socket_on_a_connection_that_served_a_request_lives_on(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(GET)
        hear(connection)
        connection.sendall(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        hear(connection, b"\r\n\r\n")
        connection.settimeout(3 * http.RECEIVE_TIMEOUT_SECONDS)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.sendall(b"\x81\x82\x00\x00\x00\x00hi")
        assert connection.recv(4) == b"\x81\x02hi"


def test_a_crowd_of_requests_before_the_first_answer_is_no_request(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(GET.replace(b"small", b"late") + GET * (MAX_PIPELINED_REQUESTS + 1))
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")
        assert connection.recv(1) == b""


def test_what_follows_a_chunked_body_is_left_out(port: int) -> None:
    with connect(port) as connection:
        head = b"POST /count HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head + b"1\r\nx\r\n0\r\n" + b"X-A: b\r\n" * 1000 + b"\r\n")
        assert b"content-length: 2\r\n" in hear(connection)


def test_who_reads_nothing_of_an_answer_is_given_up(port: int) -> None:
    with connect(port, window=4096) as connection:
        connection.sendall(GET.replace(b"small", b"big"))
        eventually(lambda: len(Protocol.unread_connections) == 1)
        eventually(lambda: not Protocol.unread_connections)
        assert length_of_rest(connection) < BIG


def test_all_clients_together_may_leave_so_much_unread(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ_TIMEOUT_SECONDS", 3600)
    monkeypatch.setattr(http, "MAX_UNREAD_BYTES", 2 * BIG)
    connections = [connect(port, window=4096) for _ in range(6)]
    last = 0.0
    for connection in connections:
        connection.sendall(GET.replace(b"small", b"big"))
        eventually(partial(somebody_waits_since, last))
        last = max(one.read_at for one in tuple(Protocol.unread_connections))
        assert sum(one.count_unread() for one in tuple(Protocol.unread_connections)) <= 2 * BIG
    assert 1 <= len(Protocol.unread_connections) <= 3
    for connection in connections:
        connection.close()
    eventually(lambda: not Protocol.unread_connections)


def somebody_waits_since(moment: float) -> bool:
    return any(one.read_at > moment for one in tuple(Protocol.unread_connections))


@pytest.fixture
def reader() -> Iterator[Any]:
    """A connection whose clock, and what waits for its client, the test sets."""
    protocol: Any = Protocol.__new__(Protocol)
    protocol.now, protocol.waits, protocol.is_given_up = 0.0, 0, False
    protocol.loop = SimpleNamespace(time=lambda: protocol.now, call_later=lambda *_: None)
    protocol.transport = SimpleNamespace(
        get_write_buffer_size=lambda: protocol.waits, abort=lambda: setattr(protocol, "is_given_up", True)
    )
    protocol._current_cycle = None
    yield protocol
    Protocol.unread_connections.discard(protocol)


def pass_time(reader: Any, seconds: int, *, bytes_a_second: int) -> None:
    for _ in range(seconds):
        reader.now += 1
        reader.waits = max(0, reader.waits - bytes_a_second)
        reader._check_reading()


def test_a_slow_reader_is_waited_for(reader: Any) -> None:
    reader.waits = MIB
    reader._watch_reading()
    pass_time(reader, MIB // 1024 - 1, bytes_a_second=1024)
    assert reader in Protocol.unread_connections
    pass_time(reader, 1, bytes_a_second=1024)
    assert (reader.is_given_up, reader in Protocol.unread_connections) == (False, False)


@pytest.mark.parametrize(("waits", "bytes_a_second"), [(MIB, 0), (MIB, 10), (100, 0), (100, 1)])
def test_who_hardly_reads_is_given_up_after_thirty_seconds(reader: Any, waits: int, bytes_a_second: int) -> None:
    reader.waits = waits
    reader._watch_reading()
    pass_time(reader, 29, bytes_a_second=bytes_a_second)
    assert not reader.is_given_up
    pass_time(reader, 1, bytes_a_second=bytes_a_second)
    assert (reader.is_given_up, reader in Protocol.unread_connections) == (True, False)


def test_who_asks_for_more_instead_of_reading_is_given_up_too(reader: Any) -> None:
    reader.waits = 100
    reader._watch_reading()
    for _ in range(30):
        reader.waits += 1000
        pass_time(reader, 1, bytes_a_second=0)
    assert reader.is_given_up
