"""Passes each listing to the service that stores it, and reports at the end which sources were read completely."""

from __future__ import annotations

import logging
from typing import Any

from asgiref.sync import sync_to_async

from crawlers.items import CrawledListing, SourceReport
from crawlers.spiders.listings import ListingSpider
from domains.base.errors import Refused
from domains.opportunities.services.finish_crawl import finish_crawl
from domains.opportunities.services.record_listing import RecordOutcome, record_listing

logger = logging.getLogger(__name__)


class StoreListing:
    """Stores listings one by one: a refused listing is logged and skipped."""

    def __init__(self, spider: ListingSpider) -> None:
        self.spider = spider

    @classmethod
    def from_crawler(cls, crawler: Any) -> StoreListing:
        """Return the pipeline for the crawler's spider."""
        return cls(crawler.spider)

    async def process_item(self, item: CrawledListing) -> CrawledListing:
        """Store the listing and count the result."""
        report = item.report
        report.found += 1
        try:
            outcome = await sync_to_async(record_listing)(source_id=item.source_id, listing=item.listing)
        except Refused as refused:
            report.unreadable += 1
            reasons = "; ".join(f"{wrong.field}: {wrong.code}" for wrong in refused.problems)
            logger.warning("Source %r: refused %r, %s.", report.url, item.listing.title[:80], reasons)
        except Exception:
            # A listing that could not be stored still exists at its source.
            report.failures += 1
            logger.exception("Source %r: storing %r failed.", report.url, item.listing.title[:80])
        else:
            report.new += outcome == RecordOutcome.CREATED
            report.changed += outcome == RecordOutcome.UPDATED
        return item

    async def close_spider(self) -> None:
        """Finish each source that could be read; if it was read completely, close the listings it no longer has."""
        for report in self.spider.reports:
            if report.source_id is not None:
                report.closed = await self._finish(report, report.source_id)

    async def _finish(self, report: SourceReport, source_id: int) -> int:
        try:
            return await sync_to_async(finish_crawl)(
                source_id=source_id, started_at=report.started_at, is_whole=report.is_whole
            )
        except Exception:
            report.failures += 1
            logger.exception("Source %r: the run could not be finished.", report.url)
            return 0
