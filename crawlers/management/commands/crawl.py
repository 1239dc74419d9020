"""Reads listings from the web into the database, and prints the result for each source."""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentTypeError
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawlers.extensions.bounded_memory import bounded_memory
from crawlers.items import SourceReport
from crawlers.loaders.times import read_zone
from crawlers.spiders.icalendar import ICalendarSpider
from crawlers.spiders.structured_data import StructuredDataSpider

SPIDERS = {spider.name: spider for spider in (StructuredDataSpider, ICalendarSpider)}


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        raise ArgumentTypeError(f"{text!r} is not an address that begins with http:// or https://")
    return text


def _time_zone(text: str) -> Any:
    zone = read_zone(text)
    if zone is None:
        raise ArgumentTypeError(f"{text!r} is not a time zone such as America/New_York")
    return zone


class Command(BaseCommand):
    """`crawl SPIDER URL…`: exit code 0, 1 if no page could be read, 2 for wrong usage."""

    help = (
        "Read listings from the web into the database. A listing crawled again updates its row; one "
        "that two whole crawls in a row no longer find is closed."
    )
    requires_system_checks = []
    suppressed_base_arguments = {
        *("--version", "--verbosity", "--settings", "--pythonpath"),
        *("--traceback", "--no-color", "--force-color"),
    }

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the spider, the sources and the options for reading them."""
        parser.prog = "python -m crawlers"
        parser.add_argument("spider", choices=sorted(SPIDERS), help="how the listings are written")
        parser.add_argument("urls", nargs="+", metavar="URL", type=_web_address, help="a page or a feed")
        parser.add_argument(
            "--follow", action="store_true", help="also read the pages below an index page (structured_data)"
        )
        parser.add_argument("--name", default="", help="what to call the source; default: its own name")
        parser.add_argument(
            "--timezone",
            type=_time_zone,
            metavar="ZONE",
            help="of times that are written without one, such as America/New_York",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Crawl, then print one line for each source."""
        reports = [SourceReport(url, options["name"]) for url in dict.fromkeys(options["urls"])]
        spider = SPIDERS[options["spider"]]
        how = {"reports": reports, "zone": options["timezone"]}
        if options["follow"]:
            if spider is not StructuredDataSpider:
                raise CommandError("--follow reads further web pages: a calendar has none.", returncode=2)
            how["follow"] = True
        _check_database()
        settings = Settings()
        settings.setmodule("crawlers.settings")
        process = AsyncCrawlerProcess(settings)
        _quiet_scrapy()
        process.crawl(spider, **how)
        with bounded_memory():
            process.start()
        for report in reports:
            self.stdout.write(str(report))
        if not any(report.pages for report in reports):
            sys.exit(1)


def _quiet_scrapy() -> None:
    """Hide Scrapy's own log messages; the spider logs the failure of each page, with its reason.

    Call this after the process was created, because creating it resets the levels of all Scrapy's loggers.
    """
    logging.disable(logging.INFO)
    # It prints a traceback for each robots.txt that cannot be fetched; the page then fails for the same reason.
    logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
    logging.getLogger("scrapy.downloadermiddlewares.retry").setLevel(logging.CRITICAL)


def _check_database() -> None:
    try:
        executor = MigrationExecutor(connection)
        is_behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise CommandError(f"The database cannot be reached: {error}") from None
    if is_behind:
        raise CommandError("The database is not up to date: run `python manage.py migrate` first.")
