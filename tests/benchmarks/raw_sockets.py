"""Thousands of clients of graphql-transport-ws in one process: a frame costs them as little as it can."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import time
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import orjson

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
IS_COMPRESSED, FINAL = 0x40, 0x80
#: What ends each message of a compressed stream, and is left out of it.
TAIL = b"\x00\x00\xff\xff"
#: What a browser offers in its handshake.
BROWSERS_OFFER = "permessage-deflate; client_max_window_bits"

Heard = Callable[["RawSocket", bytes, float], None]


def no_answer(socket: RawSocket, message: bytes, at: float) -> None:
    """Pass over what comes."""


class RawSocket(asyncio.Protocol):
    """A socket; what it hears is given to `heard` as bytes, with the time of its arrival."""

    def __init__(self, host: str, heard: Heard = no_answer) -> None:
        self.heard = heard
        #: Gets the pings too: they tell how far the logs have got.
        self.pinged: Heard = no_answer
        self.close_code: int | None = None
        self.close_reason = ""
        self.is_lost = asyncio.Event()
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.pongs = 0
        self.got_bytes = 0
        self._host = host
        self._buffer = bytearray()
        self._inflate: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET /graphql/ HTTP/1.1",
            f"Host: {self._host}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: graphql-transport-ws",
            f"Sec-WebSocket-Extensions: {BROWSERS_OFFER}",
        ]
        transport.write("\r\n".join([*lines, "", ""]).encode())

    def data_received(self, data: bytes) -> None:
        at = time.perf_counter()
        self.got_bytes += len(data)
        self._buffer += data
        if not self.opened.done():
            self._read_handshake()
        while self.opened.done() and self._read_frame(at):
            pass

    def connection_lost(self, error: Exception | None) -> None:
        self.is_lost.set()
        for waiting in (self.opened, self.acknowledged):
            if not waiting.done():
                waiting.set_exception(ConnectionError(f"closed: {self.close_code} {self.close_reason}"))
                waiting.exception()  # whoever waits gets it; nobody need

    def say(self, message: Any) -> None:
        """Send a message of the protocol."""
        self._send(TEXT, orjson.dumps(message))

    async def log_in(self, token: str | None = None, patience: float = 60) -> None:
        """Send `connection_init` and wait for its answer."""
        await asyncio.wait_for(self.opened, patience)
        self.say({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"} if token else {}})
        await asyncio.wait_for(self.acknowledged, patience)

    def send_bytes(self, frame: bytes) -> None:
        """Send these bytes as they are, whether or not they are a frame."""
        self.transport.write(frame)

    def subscribe(self, document: str, **variables: Any) -> None:
        """Begin an operation."""
        self.say({"id": "1", "type": "subscribe", "payload": {"query": document, "variables": variables}})

    def _read_handshake(self) -> None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].decode("latin1").lower()
        del self._buffer[: end + 4]
        if not head.startswith("http/1.1 101"):
            self.close_reason = head.partition("\r\n")[0]
            self.transport.abort()
            return
        if "permessage-deflate" in head:
            self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self.opened.set_result(None)

    def _read_frame(self, at: float) -> bool:
        buffer = self._buffer
        if len(buffer) < 2:
            return False
        size, start = buffer[1], 2
        if size == 126:
            size, start = int.from_bytes(buffer[2:4], "big"), 4
        elif size == 127:
            size, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start + size:
            return False
        first, payload = buffer[0], bytes(buffer[start : start + size])
        del buffer[: start + size]
        self._take(first, payload, at)
        return True

    def _take(self, first: int, payload: bytes, at: float) -> None:
        kind = first & 0x0F
        if kind == TEXT:
            if first & IS_COMPRESSED:
                payload = self._inflate.decompress(payload + TAIL)
            self._hear(payload, at)
        elif kind == PING:
            self._send(PONG, payload)
        elif kind == CLOSE:
            self.close_code = int.from_bytes(payload[:2], "big") if payload else 1005
            self.close_reason = payload[2:].decode(errors="replace")
            self.transport.close()

    def _hear(self, payload: bytes, at: float) -> None:
        if payload.startswith(b'{"type":"ping"'):
            self._send(TEXT, b'{"type":"pong"}')
            self.pinged(self, payload, at)
        elif payload.startswith(b'{"type":"pong"'):
            self.pongs += 1
        elif payload.startswith(b'{"type":"connection_ack"'):
            self.acknowledged.set_result(None)
        else:
            self.heard(self, payload, at)

    def _send(self, kind: int, payload: bytes) -> None:
        self.transport.write(frame(kind, payload))


def frame(kind: int, payload: bytes) -> bytes:
    """Return a whole frame of a client, masked with zeros: that leaves the payload as it is."""
    size = len(payload)
    if size < 126:
        head = bytes([FINAL | kind, 0x80 | size])
    elif size < 1 << 16:
        head = bytes([FINAL | kind, 0x80 | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([FINAL | kind, 0x80 | 127]) + size.to_bytes(8, "big")
    return head + b"\0\0\0\0" + payload


async def open_socket(url: str, heard: Heard = no_answer, receive_buffer: int | None = None) -> RawSocket:
    """Open a socket; its handshake is under way."""
    import socket as sockets

    parts = urlsplit(url)
    plain = sockets.socket()
    plain.setblocking(False)
    if receive_buffer:
        plain.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, receive_buffer)
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_connect(plain, (parts.hostname, parts.port))
    except BaseException:
        plain.close()
        raise
    _, socket = await loop.create_connection(lambda: RawSocket(parts.netloc, heard), sock=plain)
    return socket


class Caller:
    """Asks one operation after the other over one connection of HTTP."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        self._address = parts.hostname, parts.port
        self._head = (
            f"POST /graphql/ HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\nContent-Length: "
        )
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._one_by_one = asyncio.Lock()

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """Return the whole answer; a connection that the server has closed meanwhile is opened anew, once."""
        body = orjson.dumps({"query": document, "variables": variables})
        request = f"{self._head}{len(body)}\r\n\r\n".encode() + body
        async with self._one_by_one:
            if self._streams and not self._streams[0].at_eof():
                with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                    return await self._exchange(request)
            await self.close()
            self._streams = await asyncio.open_connection(*self._address)
            return await self._exchange(request)

    async def _exchange(self, request: bytes) -> dict[str, Any]:
        assert self._streams
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").lower()
        size = int(head.partition("content-length:")[2].partition("\r\n")[0])
        answer: dict[str, Any] = orjson.loads(await reader.readexactly(size))
        return answer

    async def close(self) -> None:
        """Close the connection."""
        if self._streams:
            streams, self._streams = self._streams, None
            streams[1].close()
            with contextlib.suppress(OSError):
                await streams[1].wait_closed()
