"""Pages and calendars as a test writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scrapy.http import HtmlResponse, TextResponse

from crawlers.items import Unreadable
from crawlers.spiders.icalendar import ICalendarSpider
from crawlers.spiders.structured_data import StructuredDataSpider

PAGE = "https://helpers.example/events/"


def event(**properties: Any) -> dict[str, Any]:
    """A valid schema.org Event."""
    return {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": "#event",
        "name": "Plant trees",
        "description": "Bring gloves and friends.",
        "startDate": "2027-05-01T09:00:00-07:00",
        "endDate": "2027-05-01T12:00:00-07:00",
        **properties,
    }


def page_with(*nodes: Any) -> str:
    """A page with a JSON-LD block for each node; a text is taken as it is."""
    texts = (node if isinstance(node, str) else json.dumps(node) for node in nodes)
    blocks = "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)
    return f"<!doctype html><html><head>{blocks}</head><body></body></html>"


def read_page(html: str | bytes, url: str = PAGE, **options: Any) -> list[Any]:
    """What the spider finds on the page."""
    body = html.encode() if isinstance(html, str) else html
    return list(StructuredDataSpider(**options).listings_in(HtmlResponse(url, body=body)))


def read_event(**properties: Any) -> Any:
    """The only thing the spider finds on a page with this event."""
    (found,) = read_page(page_with(event(**properties)))
    return found


def calendar(*events: str, head: str = "") -> str:
    """A calendar of VEVENTs, each given by its lines."""
    parts = [f"BEGIN:VEVENT\n{lines.strip()}\nEND:VEVENT\n" for lines in events]
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{head}{''.join(parts)}END:VCALENDAR\n"
    return text.replace("\n", "\r\n")


def read_calendar(text: str | bytes, url: str = "https://helpers.example/feed.ics", **options: Any) -> list[Any]:
    """What the spider finds in the calendar."""
    body = text.encode() if isinstance(text, str) else text
    return list(ICalendarSpider(**options).listings_in(TextResponse(url, body=body)))


def outcome_of(read: Any, path: Path) -> list[Any]:
    """What is found in a file, or the one reason why it cannot be read."""
    try:
        return list(read(path.read_bytes()))
    except Unreadable as reason:
        return [reason]
