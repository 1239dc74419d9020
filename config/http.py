"""uvicorn's HTTP protocol with additional limits, for clients that never finish sending or never read."""

from __future__ import annotations

import logging
from asyncio import TimerHandle
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

logger = logging.getLogger("mishmob")


MAX_HEAD_BYTES = 64 * 1024
#: Time limit to receive the head of a request, and the rest of a body that was answered before it was read.
RECEIVE_TIMEOUT_SECONDS = 10
#: How many requests a client may send before it gets the answer to the first.
MAX_PIPELINED_REQUESTS = 32
#: A client is disconnected if it reads neither MIN_READ_BYTES nor the rest of its answer in READ_TIMEOUT_SECONDS.
MIN_READ_BYTES, READ_TIMEOUT_SECONDS, READ_CHECK_SECONDS = 16 * 1024, 30, 1
#: Limit of unread bytes for all clients together; above it, the clients that read longest ago are disconnected.
MAX_UNREAD_BYTES = 64 * 1024 * 1024
HEAD_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class TooManyRequests(Exception):
    """A client sent too many requests at once; uvicorn answers an exception of a parser's callback with 400."""


class Protocol(HttpToolsProtocol):
    """A connection that lives only as long as its client sends whole requests and reads the answers."""

    #: The connections whose clients have something to read.
    unread_connections: ClassVar[set[Protocol]] = set()

    def connection_made(self, transport: Any) -> None:
        """Start the timer for the first request."""
        super().connection_made(transport)
        self._in_head, self._head_bytes = True, 0
        self._receive_timer: TimerHandle | None = self.loop.call_later(RECEIVE_TIMEOUT_SECONDS, self._end_receiving)
        self._current_cycle: RequestResponseCycle | None = None
        self._unread_bytes, self.read_at = 0, 0.0

    def data_received(self, data: bytes) -> None:
        """Parse the data, unless the head is too large; a request that has begun must be complete in time."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self.transport.get_protocol() is not self:
            return  # the connection is a WebSocket now
        if self._in_head and self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(HEAD_TOO_LARGE)
            self.transport.close()
        elif self._in_head and (self._head_bytes or (self._is_answered() and self.timeout_keep_alive_task is None)):
            self._start_receive_timer()

    def on_message_begin(self) -> None:
        """Note that a head has begun, possibly in the middle of the received data."""
        super().on_message_begin()
        self._head_bytes = self._head_bytes or 1

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep the header; trailers after a chunked body are dropped."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Note that the head is complete."""
        self._in_head = False
        self._cancel_receive_timer()
        if len(self.pipeline) >= MAX_PIPELINED_REQUESTS:
            raise TooManyRequests
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that another request may begin on this connection; uvicorn limits how long it may be idle."""
        super().on_message_complete()
        self._in_head, self._head_bytes = True, 0
        self._cancel_receive_timer()

    def on_response_complete(self) -> None:
        """Wait for the client to read the answer, and to send the rest of a body that was not read."""
        super().on_response_complete()
        self._watch_reading()
        if not self._in_head and self._is_answered():
            self._start_receive_timer()

    def pause_writing(self) -> None:
        """Wait for the client to read, and make room if too much waits."""
        super().pause_writing()
        self._watch_reading()
        _abort_slowest_readers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._cancel_receive_timer()
        self.unread_connections.discard(self)
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Release the connection, which is a WebSocket from here on."""
        self._cancel_receive_timer()
        self.unread_connections.discard(self)
        super().handle_websocket_upgrade()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._current_cycle = cycle
        super()._start_asgi_task(cycle, app)

    def _is_answered(self) -> bool:
        """Return whether the last request with a complete head was answered already."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.response_complete

    def _start_receive_timer(self) -> None:
        if self._receive_timer is None:
            self._receive_timer = self.loop.call_later(RECEIVE_TIMEOUT_SECONDS, self._end_receiving)

    def _cancel_receive_timer(self) -> None:
        if self._receive_timer is not None:
            self._receive_timer.cancel()
            self._receive_timer = None

    def _end_receiving(self) -> None:
        """Close the connection, after the answers to the complete requests."""
        self._receive_timer = None
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.keep_alive = False
        elif not self.transport.is_closing():
            self.transport.close()

    def _watch_reading(self) -> None:
        if self not in self.unread_connections:
            self.unread_connections.add(self)
            self._unread_bytes, self.read_at = self.count_unread(), self.loop.time()
            self.loop.call_later(READ_CHECK_SECONDS, self._check_reading)

    def count_unread(self) -> int:
        """Return how many bytes the client has not read: in the buffer, and of the answer being sent."""
        coming = self._current_cycle.expected_content_length if self._current_cycle else 0
        return int(self.transport.get_write_buffer_size() + coming)

    def _check_reading(self) -> None:
        """Disconnect the client if it has read too little for a while."""
        if self not in self.unread_connections:
            return
        unread, now = self.count_unread(), self.loop.time()
        if not unread:
            self.unread_connections.discard(self)
            return
        if unread <= self._unread_bytes - MIN_READ_BYTES:
            self._unread_bytes, self.read_at = unread, now
        elif now - self.read_at >= READ_TIMEOUT_SECONDS:
            self.abort()
            return
        self._unread_bytes = max(self._unread_bytes, unread)  # another answer may have been added
        self.loop.call_later(READ_CHECK_SECONDS, self._check_reading)

    def abort(self) -> None:
        """Abort the connection and drop its unread bytes."""
        logger.info("a client was given up that left %s bytes unread", self.count_unread())
        self.unread_connections.discard(self)
        self.transport.abort()


def _abort_slowest_readers() -> None:
    """Disconnect the clients that read longest ago until the unread bytes are below the limit."""
    waiting = sorted(Protocol.unread_connections, key=lambda protocol: protocol.read_at)
    total = sum(protocol.count_unread() for protocol in waiting)
    for protocol in waiting:
        if total <= MAX_UNREAD_BYTES:
            return
        total -= protocol.count_unread()
        protocol.abort()
