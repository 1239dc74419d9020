"""HTTP for crawlers, with limits that Twisted lacks: the size of a response's head, and of the whole response.

Twisted stores every header line that a server sends, and skips informational responses and chunk extensions without
limit. Scrapy's own limit counts only the body.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, ResponseDataLossError
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

#: Maximum size of a response's head, including those of all informational responses before it.
MAX_HEAD_BYTES, MAX_HEAD_LINES = 64 * 1024, 200
#: Maximum size of a whole response on the wire, as a multiple of the maximum size of its body.
MAX_OVERHEAD = 2


class TooLong(Exception):
    """The server sent more than the limits allow."""


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """A connection that is closed if a response exceeds the limits."""

    def __init__(self, quiescent_callback: Any, *, max_bytes: int) -> None:
        super().__init__(quiescent_callback)
        self.max_bytes = max_bytes
        self._begin()

    def _begin(self) -> None:
        self._bytes = self._head_lines = 0

    def request(self, request: Any) -> Any:
        """Send the request, and start counting the response."""
        self._begin()
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Process the data, unless the response is already too long."""
        super().dataReceived(data)
        self._bytes += len(data)
        if self._is_in_head():
            self._head_lines += data.count(b"\n")
            if self._bytes > MAX_HEAD_BYTES or self._head_lines > MAX_HEAD_LINES:
                self._cut("the head of its answer does not end")
        elif self._bytes > self.max_bytes:
            self._cut("its answer does not end")

    def _is_in_head(self) -> bool:
        return self._parser is not None and getattr(self._parser, "state", None) in (STATUS, HEADER)

    def _cut(self, why: str) -> None:
        transport: Any = self.transport
        self._giveUp(Failure(TooLong(why)))
        transport.abortConnection()


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Creates connections with these limits."""

    def __init__(self, max_bytes: int, quiescent_callback: Any, metadata: Any) -> None:
        super().__init__(quiescent_callback, metadata)
        self.max_bytes = max_bytes

    def buildProtocol(self, addr: Any) -> BoundedProtocol:  # noqa: ARG002, N802 - Twisted's shape
        """Return the protocol of a new connection."""
        return BoundedProtocol(self._quiescentCallback, max_bytes=self.max_bytes)


class BoundedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's download handler with these limits; a response that was cut off is not retried."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        max_bytes = MAX_OVERHEAD * crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._pool._factory = partial(BoundedFactory, max_bytes)  # type: ignore[assignment] # only called

    async def download_request(self, request: Request) -> Response:
        """Download the page; raises DownloadCancelledError, with the reason, if the response was cut off."""
        try:
            return await super().download_request(request)
        except (DownloadFailedError, ResponseDataLossError) as error:
            for reason in _reasons_of(error.__cause__):
                if isinstance(reason, TooLong):
                    raise DownloadCancelledError(str(reason)) from error
            raise


def _reasons_of(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the reasons that Twisted gives for the failure of a response."""
    for failure in getattr(error, "reasons", ()):
        yield failure.value
        yield from _reasons_of(failure.value)
