"""Text, times and places as publishers write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.items import Unreadable
from crawlers.loaders.places import degrees, zip_in, zone_of_town
from crawlers.loaders.text import clean, clean_line, clean_place, http_link, links_in
from crawlers.loaders.times import read_duration, read_time, read_zone, span
from domains.geo.selectors import zip_time_zone

WEST = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Urge &#038; act &#8211; now [&hellip;]", "Urge & act \u2013 now […]"),
        ("<p>Bring <b>boots</b></p><p>and gloves</p>", "Bring boots\n\nand gloves"),
        ("one\ntwo  three\n\n\n\nfour", "one\ntwo three\n\nfour"),
        ("a < b and I <3 this", "a < b and I <3 this"),
        ("<script>alert(1)</script>Help<img src=x onerror=alert(1)>", "Help"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Help", "Help"),
        ("&amp;lt;img src=x onerror=alert(1)&amp;gt;Help", "Help"),
        ("<style>@import url(//evil)</style><svg onload=alert(1)>Help</svg>", "Help"),
        ("a\x00b\x1b[31m\u202egnp.exe", "ab[31mgnp.exe"),
        (94110, "94110"),
        (None, ""),
        ({"@value": "x"}, ""),
    ],
)
def test_text_is_plain(written, meant):
    assert clean(written) == meant


@given(st.text(alphabet=st.sampled_from("<>/&;ltgamp#xsrcipe \"'=!-\n"), max_size=60))
def test_no_text_is_markup_after_cleaning(text):
    cleaned = clean(text)
    assert not any(f"<{character}" in cleaned for character in "abcdefghijklmnopqrstuvwxyz/!?")


def test_text_whose_encoding_was_lost_is_unreadable():
    with pytest.raises(Unreadable, match="encoding"):
        clean("Aide b\ufffdn\ufffdvole")


def test_a_line_stays_a_line():
    assert clean_line("Plant\n\ttrees<br>today") == "Plant trees today"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (
            '<p>Footbridge, near 1698 Hazel St. Click <a href="https://x.example">here </a>to sign up.</p> -',
            "Footbridge, near 1698 Hazel St.",
        ),
        ("Olive Park - 105 Orange St  Santa Rosa CA", "Olive Park - 105 Orange St Santa Rosa CA"),
        ('<a href="https://maps.example">Olive Park</a>, 105 Orange St', "Olive Park , 105 Orange St"),
        ('<a href="https://x.example">Click here</a>', ""),
    ],
)
def test_a_place_is_its_words_without_the_request_to_click(written, meant):
    assert clean_place(written).replace(" ,", ",") == meant.replace(" ,", ",")


@pytest.mark.parametrize(
    "trap",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "https://a@b.example/",
        "http://[",
        "//",
        "",
        None,
        3,
    ],
)
def test_only_web_addresses_are_links(trap):
    assert http_link(trap, "https://helpers.example/") in ("", "https://helpers.example/")


def test_a_relative_link_is_resolved():
    assert http_link("../a?b=1&amp;c=2", "https://helpers.example/x/y/") == "https://helpers.example/x/a?b=1&c=2"
    assert links_in("See https://a.example/x?y=1. Or (http://b.example/).") == [
        "https://a.example/x?y=1",
        "http://b.example/",
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2027-03-09T09:00:00-05:00", "2027-03-09T09:00:00-05:00"),
        ("2027-3-9T9:00-5:00", "2027-03-09T09:00:00-05:00"),
        ("2027-03-09T09:00:00.000Z", "2027-03-09T09:00:00+00:00"),
        ("2027-03-09 09:00+0530", "2027-03-09T09:00:00+05:30"),
        ("2027-03-09T09:00", "2027-03-09T09:00:00"),
        ("2027-03-09", "2027-03-09"),
    ],
)
def test_times_are_read_with_their_offset(written, meant):
    assert read_time(written).isoformat() == meant


@pytest.mark.parametrize(
    "written", ["31/02/2027", "2027-02-31", "2027-13-01", "tomorrow", "", "2027-01-01T25:00", "2027", "٢٠٢٧-01-01x"]
)
def test_what_is_not_a_time_is_unreadable(written):
    with pytest.raises(Unreadable, match="is not a date"):
        read_time(written)


def test_the_end_follows_the_standards_where_it_is_left_out():
    day, time = date(2027, 3, 13), datetime(2027, 3, 13, 9)  # noqa: DTZ001 - the zone is given beside
    midnight = datetime(2027, 3, 13, tzinfo=WEST)

    assert span(day, None, None, WEST, last_day_counts=True) == (midnight, datetime(2027, 3, 14, tzinfo=WEST))
    assert span(day, day, None, WEST, last_day_counts=True)[1] == datetime(2027, 3, 14, tzinfo=WEST)
    assert span(day, date(2027, 3, 14), None, WEST, last_day_counts=False)[1] == datetime(2027, 3, 14, tzinfo=WEST)
    begins, ends = span(time, None, None, WEST, last_day_counts=True)
    assert begins == ends == datetime(2027, 3, 13, 9, tzinfo=WEST)
    assert span(time, None, timedelta(hours=2), WEST, last_day_counts=True)[1] == begins + timedelta(hours=2)


@pytest.mark.parametrize(
    ("start", "end", "zone", "reason"),
    [
        ("2027-03-13T09:00", None, None, "time zone of 2027-03-13T09:00:00 is missing"),
        ("2027-03-13T09:00Z", "2027-03-13T08:00Z", None, "before it starts"),
        ("0001-01-01T00:00+10:00", None, None, "out of the calendar"),
    ],
)
def test_a_time_that_would_have_to_be_guessed_is_unreadable(start, end, zone, reason):
    with pytest.raises(Unreadable, match=reason):
        span(read_time(start), read_time(end) if end else None, None, zone, last_day_counts=True)


def test_durations_and_zones_that_do_not_exist_are_none():
    assert read_duration("PT2H30M") == timedelta(hours=2, minutes=30)
    assert read_duration("two hours") is read_duration("-PT2H") is None
    assert read_zone("America/Chicago") == ZoneInfo("America/Chicago")
    assert [read_zone(name) for name in ("Nowhere/Land", "../../etc/passwd", "", None)] == [None] * 4


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("105 Orange St Santa Rosa CA 95401", "", "95401"),
        ("Library, 900 Plaza, Fort Wayne, IN, 46802", "", "46802"),
        ("7293 SW Road, Portland, Oregon 97224 United States", "", "97224"),
        ("12345 Long Road, Portland, OR 97214-1234", "", "97214"),
        ("Call 95401 to find us", "", ""),
        ("12 rue de Lyon, 75012 Paris", "", ""),
        ("Calle 5, 28013", "Spain", ""),
        ("Somewhere 94110", "US", "94110"),
        ("Nowhere, CA 00000", "US", ""),
    ],
)
def test_a_zip_code_needs_proof(text, country, code):
    assert zip_in(text, country) == code


def test_zip_codes_and_towns_know_their_time_zone():
    assert zip_time_zone("78702") == zone_of_town("Austin", "TX") == ZoneInfo("America/Chicago")
    assert zip_time_zone("") is zone_of_town("Nowhere", "TX") is None


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        ("45.5", -122.6, (45.5, -122.6)),
        (0, 0, (None, None)),
        (91, 0, (None, None)),
        ("", "1", (None, None)),
        ("nan", 1, (None, None)),
    ],
)
def test_coordinates_are_both_on_earth_or_neither(latitude, longitude, expected):
    assert degrees(latitude, longitude) == expected
