"""Servers whose answers do not end: each is cut after so many bytes, and the run says so and goes on."""

from __future__ import annotations

import contextlib
import itertools
import resource
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from crawlers.extensions.bounded_memory import bounded_memory
from tests.crawlers.pages import event, page_with

MEGABYTE = 1024 * 1024
#: What the server would send if nobody cut it; and what the kernel's buffers may take beside what was read.
ENOUGH, IN_BUFFERS = 200 * MEGABYTE, 12 * MEGABYTE
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
#: What comes first, and what comes for ever.
ENDLESS = {
    "/headers": (HEAD, b"X-Filler: 0123456789\r\n" * 1000),
    "/folded": (HEAD + b"X-Filler: 0\r\n", b" 0123456789\r\n" * 1000),
    "/header": (HEAD + b"X-Filler: ", b"0" * 20_000),
    "/status": (b"HTTP/1.1 200 ", b"0" * 20_000),
    "/informational": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 500),
    "/extension": (CHUNKED + b"1;x=", b"0" * 20_000),
    "/extensions": (CHUNKED, (b"1;x=" + b"0" * 900 + b"\r\nx\r\n") * 20),
    "/trailers": (CHUNKED + b"0\r\n", b"X-Filler: 0123456789\r\n" * 1000),
    "/body": (HEAD + b"\r\n", b" " * 20_000),
}
#: Of a response that may have a body, of the largest size that is read, and as much again.
LONG = {"/extensions": 16 * MEGABYTE, "/body": 8 * MEGABYTE}


class Trickster:
    """A server that counts what it gets rid of."""

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self._server = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
        with connection, contextlib.suppress(OSError):
            while request := connection.recv(65536):
                path = request.split(b" ", 2)[1].decode()
                self.asked[path] += 1
                for part in self._parts(path):
                    connection.sendall(part)
                    self.sent[path] += len(part)
                if path in ENDLESS or path == "/drip":
                    return

    def _parts(self, path: str) -> Iterator[bytes]:
        if path in ENDLESS:
            first, again = ENDLESS[path]
            yield first
            yield from itertools.repeat(again, ENOUGH // len(again))
        elif path == "/drip":
            yield HEAD
            for _ in range(600):
                time.sleep(0.5)
                yield b"X"
        else:
            body = page_with(event()).encode() if path == "/good" else b""
            status = b"200 OK" if body else b"404 Not Found"
            yield b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body


@pytest.fixture
def trickster() -> Iterator[Trickster]:
    server = Trickster()
    yield server
    server.close()


def test_answers_without_end_are_cut_and_the_run_goes_on(crawler, trickster):
    pages = [*ENDLESS, "/drip", "/good"]

    run = crawler("structured_data", *(f"{trickster.url}{page}" for page in pages))

    assert run.code == 0
    failed = "0 found, 0 new, 0 changed, 0 closed, 0 unreadable, 1 failed"
    assert run.counts == [*[failed] * (len(pages) - 1), "1 found, 1 new, 0 changed, 0 closed, 0 unreadable"]
    for page in ENDLESS:
        assert f"{page}' cannot be read: " in run.log
        at_most = (LONG.get(page, 0) + IN_BUFFERS) * trickster.asked[page]
        assert trickster.sent[page] < at_most, f"{page}: {trickster.sent[page]:,} bytes"
    for page in ("/headers", "/folded", "/informational"):
        assert f"{page}' cannot be read: the head of its answer does not end." in run.log
        assert trickster.asked[page] == 1
    assert "/extensions' cannot be read: its answer does not end." in run.log
    assert "/drip' cannot be read: Getting" in run.log
    assert trickster.asked["/drip"] == 1
    assert "Traceback" not in run.log


def test_a_crawl_has_so_much_memory_and_no_more():
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with bounded_memory(), pytest.raises(MemoryError):
        bytearray(2 * 1024 * MEGABYTE)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
