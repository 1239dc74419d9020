"""Attacks by a server that is crawled: heads and bodies without an end."""

from __future__ import annotations

import contextlib
import resource
import socketserver
import subprocess
import sys
import threading
from functools import partial
from typing import Any

from tests.attacks.attack import MIB, Attack, Outcome, Town
from tests.live_server import ROOT

#: What an evil server sends again and again, after a beginning.
ENDLESS_HEADERS = (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", b"X-Filler: " + b"x" * 1_000 + b"\r\n")
ENDLESS_HEADER = (b"HTTP/1.1 200 OK\r\nX-Filler: ", b"x" * 1_000)
ENDLESS_STATUS = (b"HTTP/1.1 200 ", b"x" * 1_000)
ENDLESS_HINTS = (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
ENDLESS_BODY = (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>", b"<p>" + b"x" * 1_000)
#: The evil server gives up then: by far more than any limit.
MAX_SENT = 512 * MIB


class EvilServer(socketserver.ThreadingTCPServer):
    """Sends a beginning and then the same piece without end, and counts what was taken."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, beginning: bytes, piece: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Evil)
        self.beginning, self.piece, self.sent = beginning, piece * 64, 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class _Evil(socketserver.BaseRequestHandler):
    server: EvilServer

    def handle(self) -> None:
        asked = self.request.recv(65_536)
        if b"/robots.txt" in asked:
            self.request.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        with contextlib.suppress(OSError):
            self.request.sendall(self.server.beginning)
            while self.server.sent < MAX_SENT:
                self.request.sendall(self.server.piece)
                self.server.sent += len(self.server.piece)


def crawl(town: Town, *, evil: tuple[bytes, bytes]) -> Outcome:
    """Crawl the evil server in a process of its own, as a task does."""
    server = EvilServer(*evil)
    environ: dict[str, Any] = {**town.server.environ, "CRAWL_ALLOWED_PRIVATE": f"127.0.0.1:{server.port}"}
    command = [sys.executable, "-m", "crawlers", "structured_data", f"http://127.0.0.1:{server.port}/volunteer"]
    try:
        subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, timeout=110, check=False)
        faults = []
    except subprocess.TimeoutExpired:
        faults = ["the crawl did not end"]
    finally:
        server.shutdown()
        server.server_close()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    if peak > 1024 * MIB:
        faults.append(f"a process took {peak // MIB} MiB")
    return Outcome(f"{server.sent // 1024:,} KiB taken", server.sent, faults=faults)


ATTACKS = [
    # What is taken includes what the buffers of both sockets hold.
    Attack("a crawled server's endless headers", partial(crawl, evil=ENDLESS_HEADERS), max_bytes=16 * MIB),
    Attack("a crawled server's endless header", partial(crawl, evil=ENDLESS_HEADER), max_bytes=16 * MIB),
    Attack("a crawled server's endless status", partial(crawl, evil=ENDLESS_STATUS), max_bytes=16 * MIB),
    Attack("a crawled server's endless hints", partial(crawl, evil=ENDLESS_HINTS), max_bytes=16 * MIB),
    Attack("a crawled server's endless body", partial(crawl, evil=ENDLESS_BODY), max_bytes=32 * MIB),
]
