"""HTTP for crawlers with limits that Twisted lacks: how long a response's head may be, and all that comes with it.

Twisted keeps every header line that a server sends, and reads past informational responses and the extensions of
chunks for as long as they come. Scrapy's own limit counts only what is left of all that, the body.
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

#: Of a response's head, with all informational ones before it.
MAX_HEAD_BYTES, MAX_HEAD_LINES = 64 * 1024, 200
#: Of a whole response as it comes over the wire, in relation to what its body may be.
MAX_OVERHEAD = 2


class TooLong(Exception):
    """The server sends more than any honest one would."""


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """A connection that is cut where a response does not come to an end."""

    def __init__(self, quiescent_callback: Any, *, max_bytes: int) -> None:
        super().__init__(quiescent_callback)
        self.max_bytes = max_bytes
        self._begin()

    def _begin(self) -> None:
        self._bytes = self._head_lines = 0

    def request(self, request: Any) -> Any:
        """Send the request, and begin to count what comes back."""
        self._begin()
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Read on, unless there is too much already."""
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
    """Makes such connections."""

    def __init__(self, max_bytes: int, quiescent_callback: Any, metadata: Any) -> None:
        super().__init__(quiescent_callback, metadata)
        self.max_bytes = max_bytes

    def buildProtocol(self, addr: Any) -> BoundedProtocol:  # noqa: ARG002, N802 - Twisted's shape
        """Return the protocol of a new connection."""
        return BoundedProtocol(self._quiescentCallback, max_bytes=self.max_bytes)


class BoundedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler over such connections; a page that was cut is not asked for again."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        max_bytes = MAX_OVERHEAD * crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._pool._factory = partial(BoundedFactory, max_bytes)  # type: ignore[assignment] # it is only called

    async def download_request(self, request: Request) -> Response:
        """Download the page; raises DownloadCancelledError, with the reason, where it was cut."""
        try:
            return await super().download_request(request)
        except (DownloadFailedError, ResponseDataLossError) as error:
            for reason in _reasons_of(error.__cause__):
                if isinstance(reason, TooLong):
                    raise DownloadCancelledError(str(reason)) from error
            raise


def _reasons_of(error: BaseException | None) -> Iterator[BaseException]:
    """Yield what Twisted says that the failure of a response came from."""
    for failure in getattr(error, "reasons", ()):
        yield failure.value
        yield from _reasons_of(failure.value)
