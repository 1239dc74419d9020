"""HTTP as uvicorn speaks it, with limits that it lacks: on what clients never end to send, and never read."""

from __future__ import annotations

import logging
from asyncio import TimerHandle
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

logger = logging.getLogger("mishmob")


MAX_HEAD_BYTES = 64 * 1024
#: How long a head may take to come in, of each request; and the rest of a body that was answered before it was read.
HEAD_SECONDS = 10
#: How many requests a client may send before it has the answer to the first of them.
MAX_PIPELINED = 32
#: A client that has not read so many bytes of what waits for it, or all of it, in so many seconds is given up.
MIN_READ_BYTES, READ_SECONDS, LOOK_SECONDS = 16 * 1024, 30, 1
#: How much may wait for all clients together; past it, those are given up that read longest ago.
MAX_UNREAD_BYTES = 64 * 1024 * 1024
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class TooManyRequests(Exception):
    """A client sent more requests at once than it may; uvicorn answers what a parser's callback raises with 400."""


class Protocol(HttpToolsProtocol):
    """A connection that lives only as long as its client sends whole requests and reads the answers."""

    #: The connections whose clients have something to read.
    unread: ClassVar[set[Protocol]] = set()

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._in_head, self._head_bytes = True, 0
        self._patience: TimerHandle | None = self.loop.call_later(HEAD_SECONDS, self._lose_patience)
        self._answering: RequestResponseCycle | None = None
        self._unread_bytes, self.read_at = 0, 0.0

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head has grown too large; whatever is begun has to come to its end in time."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self.transport.get_protocol() is not self:
            return  # a socket has taken over
        if self._in_head and self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(TOO_LARGE)
            self.transport.close()
        elif self._in_head and (self._head_bytes or (self._is_answered() and self.timeout_keep_alive_task is None)):
            self._be_patient()

    def on_message_begin(self) -> None:
        """Note that a head has begun, maybe in the middle of what was received."""
        super().on_message_begin()
        self._head_bytes = self._head_bytes or 1

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep the header; what follows a chunked body is left out, however much it is."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Note that the head is complete."""
        self._in_head = False
        self._lose_no_patience()
        if len(self.pipeline) >= MAX_PIPELINED:
            raise TooManyRequests
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that another request may begin on this connection; uvicorn bounds how long it may idle."""
        super().on_message_complete()
        self._in_head, self._head_bytes = True, 0
        self._lose_no_patience()

    def on_response_complete(self) -> None:
        """Wait for the client to read the answer, and to send the rest of a body that was not read."""
        super().on_response_complete()
        self._wait_for_reading()
        if not self._in_head and self._is_answered():
            self._be_patient()

    def pause_writing(self) -> None:
        """Wait for the client to read, and make room if too much waits."""
        super().pause_writing()
        self._wait_for_reading()
        _make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._lose_no_patience()
        self.unread.discard(self)
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Let go of the connection: from here it is a socket's."""
        self._lose_no_patience()
        self.unread.discard(self)
        super().handle_websocket_upgrade()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def _is_answered(self) -> bool:
        """Tell whether the last request whose head came in was answered already."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.response_complete

    def _be_patient(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(HEAD_SECONDS, self._lose_patience)

    def _lose_no_patience(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lose_patience(self) -> None:
        """Close the connection, after the answers to the requests that came in whole."""
        self._patience = None
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.keep_alive = False
        elif not self.transport.is_closing():
            self.transport.close()

    def _wait_for_reading(self) -> None:
        if self not in self.unread:
            self.unread.add(self)
            self._unread_bytes, self.read_at = self.count_unread(), self.loop.time()
            self.loop.call_later(LOOK_SECONDS, self._look)

    def count_unread(self) -> int:
        """Return how many bytes wait for the client: in the buffer, and of the answer that is being sent."""
        coming = self._answering.expected_content_length if self._answering else 0
        return int(self.transport.get_write_buffer_size() + coming)

    def _look(self) -> None:
        """Give the client up if it has read hardly anything for a while."""
        if self not in self.unread:
            return
        unread, now = self.count_unread(), self.loop.time()
        if not unread:
            self.unread.discard(self)
            return
        if unread <= self._unread_bytes - MIN_READ_BYTES:
            self._unread_bytes, self.read_at = unread, now
        elif now - self.read_at >= READ_SECONDS:
            self.give_up()
            return
        self._unread_bytes = max(self._unread_bytes, unread)  # another answer may have been added
        self.loop.call_later(LOOK_SECONDS, self._look)

    def give_up(self) -> None:
        """End the connection at once, with all that waits for its client."""
        logger.info("a client was given up that left %s bytes unread", self.count_unread())
        self.unread.discard(self)
        self.transport.abort()


def _make_room() -> None:
    """Give up those who read longest ago, as long as too much waits for all together."""
    waiting = sorted(Protocol.unread, key=lambda protocol: protocol.read_at)
    total = sum(protocol.count_unread() for protocol in waiting)
    for protocol in waiting:
        if total <= MAX_UNREAD_BYTES:
            return
        total -= protocol.count_unread()
        protocol.give_up()
