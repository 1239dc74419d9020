"""The demo site: made-up, whole, and all of it ahead of us."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import crawlers
from crawlers.items import Unreadable
from domains.opportunities.services.record_listing import FoundListing
from tests.crawlers.pages import read_calendar, read_page

SITE = Path(crawlers.__file__).parent / "demo_site"
ADDRESS = "http://127.0.0.1:8000/demo/site/"


def _listings() -> list[FoundListing]:
    found = [one for page in SITE.glob("*.html") for one in read_page(page.read_bytes(), f"{ADDRESS}{page.name}")]
    found += read_calendar((SITE / "calendar.ics").read_bytes(), f"{ADDRESS}calendar.ics")
    assert not [str(one) for one in found if isinstance(one, Unreadable)]
    return found


def test_every_listing_is_ahead_of_us_and_around_the_three_demo_places():
    found = _listings()

    assert len(found) >= 12
    assert len({one.external_id for one in found}) == len(found)
    assert {one.postal_code for one in found if not one.is_remote} == {"94110", "97214", "78702"}
    assert any(one.is_remote for one in found)
    assert min(one.start_date for one in found) > datetime(2027, 1, 1, tzinfo=UTC)
    assert all(len(one.description) >= 10 for one in found)


def test_the_pages_link_to_each_other_only_and_name_nobody_real():
    for page in SITE.iterdir():
        text = page.read_text()
        for link in re.findall(r'href="([^"#]+)"', text):
            assert link.startswith("mailto:") or (SITE / link).is_file(), f"{page.name} links to {link}"
        for host in re.findall(r"https?://([^/\"\s]+)", text):
            assert host == "schema.org" or host.endswith(".example"), f"{page.name} names {host}"
