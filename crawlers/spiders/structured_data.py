"""Listings from the structured data of web pages: schema.org as JSON-LD or microdata."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from extruct import extract  # type: ignore[attr-defined]
from extruct.jsonld import JsonLdExtractor
from scrapy.http import Response, TextResponse
from scrapy.linkextractors import IGNORED_EXTENSIONS, LinkExtractor

from crawlers.items import SourceReport, Unreadable
from crawlers.loaders.schema_org import listings_in
from crawlers.loaders.text import clean_line
from crawlers.spiders.listings import ListingSpider
from domains.opportunities.services.record_listing import FoundListing

#: Maximum number of pages followed from one index page.
MAX_LINKS = 200
#: File extensions of links that do not lead to a web page.
NOT_PAGES = [*IGNORED_EXTENSIONS, "ics", "json", "rss", "xml"]
#: Maximum number of microdata properties: parsing time grows with the square of their number.
MAX_PROPERTIES = 5_000


class StructuredDataSpider(ListingSpider):
    """Reads web pages; with `follow`, also the pages below an index page to which it links."""

    name = "structured_data"
    kind = "STRUCTURED_DATA"

    def __init__(self, *args: Any, follow: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.follow = follow

    def listings_in(self, response: Response) -> Iterable[FoundListing | Unreadable]:
        """Yield the events and volunteer roles that the page marks up."""
        if not isinstance(response, TextResponse):
            raise Unreadable("it is not a text")
        nodes: list[Any] = []
        broken: list[Unreadable] = []
        for block in _json_ld(response):
            if isinstance(block, Unreadable):
                broken.append(block)
            else:
                nodes.append(block)
        nodes += _microdata(response)
        found = list(listings_in(nodes, page_url=_base_url(response), zone=self.zone))
        if broken and not any(isinstance(listing, FoundListing) for listing in found):
            raise broken[0]
        return [*broken, *found]

    def name_of(self, response: Response) -> str:
        """Return the name of the site."""
        if not isinstance(response, TextResponse):
            return ""
        return clean_line(response.css('meta[property="og:site_name"]::attr(content)').get(""))

    async def read_page(self, response: Response, report: SourceReport) -> AsyncIterator[Any]:
        """Yield the listings of the page, and for an index page the requests for the pages to follow."""
        async for listing in super().read_page(response, report):
            yield listing
        if self.follow and "is_below" not in response.meta:
            for url in _links_below(response):
                yield self.page_of(report, url, meta={"is_below": True})


def _links_below(response: Response) -> list[str]:
    """Return the links of the index page to pages in its folder."""
    if not isinstance(response, TextResponse):
        return []
    folder = urljoin(response.url, ".")
    links = (link.url.partition("#")[0] for link in LinkExtractor(deny_extensions=NOT_PAGES).extract_links(response))
    below = dict.fromkeys(url for url in links if url.startswith(folder))
    return [url for url in below if url not in (response.url, folder)][:MAX_LINKS]


def _json_ld(response: TextResponse) -> Iterator[object]:
    """Yield the content of each block, or why it cannot be read; a broken block does not affect the others."""
    for script in response.xpath('//script[starts-with(@type, "application/ld+json")]'):
        try:
            yield json.loads(script.xpath("string()").get(""), strict=False)
        except RecursionError:
            yield Unreadable("its JSON-LD is nested too deeply")
        except ValueError as error:
            yield _json_ld_with_comments(script.root, error)


def _json_ld_with_comments(script: Any, error: ValueError) -> object:
    try:
        return JsonLdExtractor().extract_items(script)
    except (ValueError, RecursionError):
        return Unreadable(f"its JSON-LD is broken ({error})")


def _microdata(response: TextResponse) -> list[Any]:
    properties = response.text.count("itemprop")
    if not properties:
        return []
    if properties > MAX_PROPERTIES:
        raise Unreadable(f"it has more than {MAX_PROPERTIES} microdata properties")
    try:
        found = extract(response.text, base_url=_base_url(response), syntaxes=["microdata"], uniform=True)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"its microdata is broken ({error})") from None
    return list(found["microdata"])


def _base_url(response: TextResponse) -> str:
    """Return the address of the page itself: a `base` element may claim any other."""
    return urlsplit(response.url)._replace(fragment="").geturl()
