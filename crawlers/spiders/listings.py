"""The base class of all spiders: reads each page once, logs unreadable content with the reason, and continues."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import tzinfo
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from scrapy import Request, Spider
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawlers.items import CrawledListing, SourceReport, Unreadable
from domains.opportunities.services.record_listing import FoundListing
from domains.opportunities.services.record_source import record_source

logger = logging.getLogger(__name__)

#: Maximum number of listings read from one page; if a page has more, no listing of its source is closed.
MAX_LISTINGS = 5_000
_MAX_REASON = 300


class ListingSpider(Spider):
    """Reads listings from the sources in `reports` and keeps these reports up to date."""

    kind: ClassVar[str]

    def __init__(self, reports: Sequence[SourceReport] = (), zone: tzinfo | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.reports = reports
        self.zone = zone

    @abstractmethod
    def listings_in(self, response: Response) -> Iterable[FoundListing | Unreadable]:
        """Yield the listings of a page, and Unreadable for each broken one; raise Unreadable for the whole page."""

    @abstractmethod
    def name_of(self, response: Response) -> str:
        """Return the name that the source gives itself, or an empty string."""

    async def start(self) -> AsyncIterator[Request]:
        """Request the first page of each source."""
        for report in self.reports:
            yield self.page_of(report, report.url, dont_filter=True)

    def page_of(self, report: SourceReport, url: str, **options: Any) -> Request:
        """Return the request for a page of a source."""
        return Request(url, self.read_page, errback=self.page_failed, cb_kwargs={"report": report}, **options)

    async def read_page(self, response: Response, report: SourceReport) -> AsyncIterator[Any]:
        """Yield the listings of the page; an unreadable page does not affect the others."""
        try:
            found = list(islice(self.listings_in(response), MAX_LISTINGS + 1))
        except Unreadable as reason:
            self._page_unread(response.url, str(reason), report)
            return
        except Exception:
            logger.exception("Page %r: reading it failed.", response.url)
            report.failures += 1
            return
        if len(found) > MAX_LISTINGS:
            self._page_unread(response.url, f"beyond {MAX_LISTINGS} listings it is left out", report)
        report.pages += 1
        source_id = report.source_id = report.source_id or await self._source_of(response, report)
        for listing in found[:MAX_LISTINGS]:
            if isinstance(listing, Unreadable):
                report.unreadable += 1
                logger.warning("Page %r: left out, %s.", response.url, _one_line(listing))
            elif listing.external_id not in report.seen:
                report.seen.add(listing.external_id)
                yield CrawledListing(report, source_id, listing)

    async def _source_of(self, response: Response, report: SourceReport) -> int:
        name = report.name or self.name_of(response) or urlsplit(report.url).netloc
        return await sync_to_async(record_source)(kind=self.kind, url=report.url, name=name)

    def page_failed(self, failure: Failure) -> None:
        """Record a page that could not be fetched."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self._page_unread(request.url, _reason(failure), request.cb_kwargs["report"])

    def _page_unread(self, url: str, reason: str, report: SourceReport) -> None:
        report.failures += 1
        logger.warning("Page %r cannot be read: %s.", url, _one_line(reason))


def _reason(failure: Failure) -> str:
    error = failure.value
    if isinstance(error, HttpError):
        return f"the server answered {error.response.status}"
    if isinstance(error, CannotResolveHostError):
        return "its address is unknown, or not on the public internet"
    return str(error) or type(error).__name__


def _one_line(text: object) -> str:
    """Return the text on one line, safe for the log."""
    line = " ".join(str(text).split())[:_MAX_REASON].rstrip(".")
    return "".join(character if character.isprintable() else "?" for character in line)
