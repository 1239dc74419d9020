"""Pages and calendars made to break readers: each is read or left out, in time, with nothing active in it."""

from __future__ import annotations

import time

import pytest

from crawlers.items import Unreadable
from domains.opportunities.services.record_listing import FoundListing
from tests.crawlers.pages import calendar, outcome_of, page_with, read_calendar, read_page


@pytest.mark.parametrize(("folder", "read"), [("html", read_page), ("ical", read_calendar)])
@pytest.mark.timeout(60)
def test_no_hostile_file_breaks_or_hangs_the_reader(shared_data, folder, read):
    files = sorted((shared_data / "attacks" / folder).iterdir())
    started = time.monotonic()

    found = {path.name: outcome_of(read, path) for path in files}

    assert len(found) > 20
    assert time.monotonic() - started < 30
    for outcome in found.values():
        for one in outcome:
            assert isinstance(one, FoundListing | Unreadable)
            if isinstance(one, FoundListing):
                assert one.start_date.tzinfo is not None
                assert one.url.startswith(("http://", "https://"))


def test_depth_and_circles_end(shared_data):
    html = shared_data / "attacks" / "html"
    (deep,) = outcome_of(read_page, html / "made_jsonld_deep_nesting.html")
    circle = outcome_of(read_page, html / "made_jsonld_self_reference.html")

    assert str(deep) == "its JSON-LD is nested too deeply"
    assert [str(reason) for reason in circle] == ["'A' has no start date", "'B' has no start date"]


@pytest.mark.timeout(30)
def test_numbers_and_widths_without_end_end():
    assert isinstance(
        read_page(page_with('{"@type": "Event", "name": "x", "startDate": "2027-01-01Z"}'))[0], Unreadable
    )
    with pytest.raises(Unreadable, match="broken"):
        read_page(page_with('{"@type": "Event", "position": ' + "9" * 100_000 + "}"))
    with pytest.raises(Unreadable, match="microdata properties"):
        read_page("<div itemscope>" + "<p itemscope itemprop=a><i itemprop=b></i></p>" * 50_000 + "</div>")
    assert read_page(page_with([{"@type": "Thing"}] * 200_000)) == []
    assert read_page("<div>" * 100_000) == []


@pytest.mark.timeout(30)
def test_a_calendar_of_calendars_ends():
    with pytest.raises(Unreadable, match="not a calendar"):
        read_calendar("BEGIN:VCALENDAR\r\n" * 50_000)
    assert read_calendar(calendar("UID:1\nSUMMARY:Help\nDTSTART:20270101T000000Z\nDURATION:P999999999W")) != []


@pytest.mark.parametrize(
    "trap",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "<style>@import 'http://169.254.169.254/'</style>",
        "&lt;iframe src=x&gt;",
        "<" * 5_000 + "script>",
        "<p " + "x" * 1_000_000,
    ],
)
@pytest.mark.timeout(20)
def test_nothing_active_passes(trap):
    node = {
        "@type": "Event",
        "name": f"Help {trap}",
        "description": trap,
        "url": "javascript:alert(1)",
        "startDate": "2027-01-01T09:00Z",
        "location": {"name": trap, "address": trap, "url": "file:///etc/passwd"},
        "organizer": {"@type": "Organization", "name": trap},
    }
    (found,) = read_page(
        page_with([node]).replace("</script>", "<\\/script>", page_with([node]).count("</script>") - 1)
    )

    for text in (found.title, found.description, found.location_text, found.organization_name):
        assert not any(f"<{start}" in text.lower() for start in ("s", "i", "a", "p", "/", "!"))
    assert found.url.startswith("https://")
