"""The first crawl on real input: two sources, from a web server to the answers that people get."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

UNITING = "Uniting NC"
CREEK = "SRCity: Creek Stewardship"
FOLDERS = {UNITING: "crawl/jsonld_unitingnc/", CREEK: "crawl/ics_srcity_creek/"}
QUERY = """query ($source: String!) {
  opportunities(filters: {status: CLOSED, source: $source}, first: 100) {
    edges { node {
      title description kind startDate endDate isRemote locationZip locationText location { latitude longitude }
      source { name url externalId firstSeenAt lastSeenAt }
    } }
  }
}"""
#: What every crawl moves, even one that finds nothing new.
_MOVES = {"last_seen_at", "last_run_at"}


def _expected(shared_data: Path, source: str) -> dict[str, dict[str, Any]]:
    """What a correct crawler finds in the source, by URL."""
    items = json.loads((shared_data / "expected-examples.json").read_text())["opportunities"]
    return {item["url"]: item for item in items if item["source_file"].startswith(FOLDERS[source])}


def _crawl_both(crawler, base: str) -> list[str]:
    """Crawl both sources and return their counts."""
    pages = crawler("structured_data", "--follow", "--name", UNITING, f"{base}crawl/jsonld_unitingnc/")
    feed = crawler("icalendar", f"{base}crawl/ics_srcity_creek/SRCity_Creek_Stewardship.ics")
    assert (pages.code, feed.code) == (0, 0), pages.log + feed.log
    return [*pages.counts, *feed.counts]


def _told(crawler, source: str) -> dict[str, dict[str, Any]]:
    """What the API tells of the source's listings, by URL."""
    page = crawler.ask_api(QUERY, source=source)["opportunities"]
    return {edge["node"]["source"]["url"]: edge["node"] for edge in page["edges"]}


@pytest.fixture
def crawled(crawler, serve, shared_data):
    """A crawler that has just read both sources for the first time, and the address they are at."""
    base = serve(shared_data)
    assert _crawl_both(crawler, base) == [
        "3 found, 3 new, 0 changed, 0 closed, 0 unreadable",
        "12 found, 12 new, 0 changed, 0 closed, 0 unreadable",
    ]
    return crawler, base


def test_the_api_tells_what_the_sources_say_and_a_second_crawl_changes_nothing(crawled, shared_data):
    crawler, base = crawled
    for source in FOLDERS:
        expected, told = _expected(shared_data, source), _told(crawler, source)
        assert set(told) == set(expected)
        for url, item in expected.items():
            _assert_same(told[url], item)

    before = _without_moves(crawler)
    assert _crawl_both(crawler, base) == [
        "3 found, 0 new, 0 changed, 0 closed, 0 unreadable",
        "12 found, 0 new, 0 changed, 0 closed, 0 unreadable",
    ]
    assert _without_moves(crawler) == before


def _assert_same(node: dict[str, Any], item: dict[str, Any]) -> None:
    assert node["title"] == item["title"]
    assert _moment(node["startDate"]) == _moment(item["start"])
    assert _moment(node["endDate"]) == _moment(item["end"])
    assert node["locationText"] == (item["location_text"] or "")
    assert node["locationZip"] == (item["postal_code"] or "")
    place = node["location"] or {"latitude": None, "longitude": None}
    assert (place["latitude"], place["longitude"]) == (item["latitude"], item["longitude"])
    assert node["isRemote"] == bool(item["is_remote"])
    assert node["kind"] == "EXTERNAL"
    assert len(node["description"]) >= 10
    assert "<" not in node["description"]
    assert node["source"]["firstSeenAt"] == node["source"]["lastSeenAt"]
    if item["external_id"]:
        assert node["source"]["externalId"] == item["external_id"]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _without_moves(crawler) -> list[list[dict[str, Any]]]:
    """Everything that is stored, but for what each crawl moves."""
    return [
        [{name: value for name, value in row.items() if name not in _MOVES} for row in crawler.rows(table)]
        for table in ("source", "opportunity", "listing")
    ]
