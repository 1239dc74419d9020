"""Listings from iCalendar feeds."""

from __future__ import annotations

import codecs
from collections.abc import Iterable

from scrapy.http import Response, TextResponse

from crawlers.items import Unreadable
from crawlers.loaders.calendars import listings_in, name_of
from crawlers.spiders.listings import ListingSpider
from domains.opportunities.services.record_listing import FoundListing


class ICalendarSpider(ListingSpider):
    """Reads calendar files."""

    name = "icalendar"
    kind = "ICALENDAR"

    def listings_in(self, response: Response) -> Iterable[FoundListing | Unreadable]:
        """Yield the events of the calendar; repeating events for the coming months."""
        return listings_in(_text(response), feed_url=response.url, zone=self.zone)

    def name_of(self, response: Response) -> str:
        """Return the name of the calendar."""
        return name_of(_text(response))


def _text(response: Response) -> str:
    """Return the file's text: UTF-8 as the standard requires, else in the encoding that the server names."""
    body = response.body.removeprefix(codecs.BOM_UTF8)
    try:
        return body.decode()
    except UnicodeDecodeError:
        encoding = response._declared_encoding() if isinstance(response, TextResponse) else None
        if encoding is None:
            raise Unreadable("it is not in UTF-8, and the server names no other encoding") from None
        return body.decode(encoding, errors="replace")
