"""What the structured data spider finds on pages, made ones and real ones."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from scrapy.http import HtmlResponse

from crawlers.items import Unreadable
from crawlers.spiders.structured_data import _links_below
from tests.crawlers.pages import PAGE, event, page_with, read_event, read_page


def test_an_event_is_read_whole():
    found = read_event(
        name="Plant &amp; water trees",
        url="trees.html",
        organizer={"@type": "Organization", "name": "Buckman Canopy"},
        location={
            "@type": "Place",
            "name": "Tool Shed",
            "address": {
                "@type": "PostalAddress",
                "streetAddress": "915 SE Larkspur Court",
                "addressLocality": "Portland",
                "addressRegion": "OR",
                "postalCode": "97214",
                "addressCountry": {"@type": "Country", "name": "US"},
            },
            "geo": {"latitude": "45.51", "longitude": "-122.65"},
        },
    )

    assert (found.title, found.organization_name) == ("Plant & water trees", "Buckman Canopy")
    assert found.location_text == "Tool Shed, 915 SE Larkspur Court, Portland, OR 97214, US"
    assert (found.postal_code, found.latitude, found.longitude) == ("97214", 45.51, -122.65)
    assert (found.url, found.external_id) == (f"{PAGE}trees.html", f"{PAGE}#event")
    assert not found.is_remote


@pytest.mark.parametrize(
    "wrap",
    [
        lambda node: [node],
        lambda node: {"@graph": [{"@type": "WebPage"}, node]},
        lambda node: {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": node}]},
        lambda node: {"@type": "WebPage", "mainEntity": node},
        lambda node: {"@type": "Organization", "event": [[node]]},
        lambda node: {**node, "@type": ["Thing", "http://schema.org/SocialEvent"]},
        lambda node: {**node, "@type": "VolunteerAction"},
    ],
)
def test_events_are_found_wherever_they_are(wrap):
    (found,) = read_page(page_with(wrap(event())))

    assert found.title == "Plant trees"


def test_references_on_the_page_are_followed():
    (found,) = read_page(
        page_with(
            {"@id": "#shed", "@type": "Place", "name": "Tool Shed", "address": "5 Alder Alley, Austin, TX 78702"},
            event(location={"@id": "#shed"}, organizer={"@id": "#nobody"}),
        )
    )

    assert found.location_text == "Tool Shed, 5 Alder Alley, Austin, TX 78702"
    assert (found.postal_code, found.organization_name) == ("78702", "")


def test_dated_parts_are_listed_instead_of_the_whole():
    shifts = [
        {"@type": "Event", "@id": f"#{hour}", "startDate": f"2027-05-01T{hour}:00-07:00"} for hour in ("09", "13")
    ]

    found = read_page(page_with(event(subEvent=shifts, location="Tool Shed")))

    assert [(part.title, part.location_text, part.start_date.hour) for part in found] == [
        ("Plant trees", "Tool Shed", 9),
        ("Plant trees", "Tool Shed", 13),
    ]


def test_a_role_for_volunteers_is_listed_and_a_job_is_not():
    role = event(**{"@type": "JobPosting", "title": "Tutor", "name": None, "employmentType": ["VOLUNTEER"]})
    role |= {"datePosted": "2027-01-01", "validThrough": "2027-06-01T00:00-07:00", "startDate": None, "endDate": None}
    role |= {"jobLocation": {"address": {"addressLocality": "Austin", "addressRegion": "TX"}}}

    (found,) = read_page(page_with(role, {**role, "employmentType": "FULL_TIME", "title": "Cook"}))

    assert found.title == "Tutor"
    assert found.start_date == datetime(2027, 1, 1, tzinfo=ZoneInfo("America/Chicago"))


@pytest.mark.parametrize("status", ["https://schema.org/EventCancelled", "EventPostponed"])
def test_what_is_called_off_is_not_listed(status):
    assert read_page(page_with(event(eventStatus=status))) == []


@pytest.mark.parametrize(
    "remote",
    [
        {"eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode"},
        {"eventAttendanceMode": "MixedEventAttendanceMode"},
        {"location": {"@type": "VirtualLocation", "url": "https://room.example"}},
        {"name": "Call a neighbor (online)"},
    ],
)
def test_what_can_be_done_from_home_is_remote(remote):
    assert read_event(**remote).is_remote


def test_a_time_without_zone_takes_that_of_its_place_or_the_one_given():
    naive = event(startDate="2027-05-01T09:00", endDate="2027-05-01T12:00")
    (unknown,) = read_page(page_with(naive))
    (given,) = read_page(page_with(naive), zone=ZoneInfo("Europe/Paris"))
    (placed,) = read_page(page_with({**naive, "location": "5 Alder Alley, Austin, TX 78702"}))

    assert "time zone of 2027-05-01T09:00:00 is missing" in str(unknown)
    assert str(given.start_date) == "2027-05-01 09:00:00+02:00"
    assert str(placed.start_date) == "2027-05-01 09:00:00-05:00"


def test_a_person_is_not_named_as_the_organization():
    assert read_event(organizer={"@type": "Person", "name": "Jane Doe"}).organization_name == ""


def test_things_that_share_an_id_are_told_apart_and_repeated_ones_listed_once():
    node = event(**{"@id": "https://helpers.example/#all"})
    other = {**node, "startDate": "2027-05-02T09:00-07:00", "endDate": "2027-05-02T12:00-07:00"}

    found = read_page(page_with(node, node, other))

    assert len(found) == len({listing.external_id for listing in found}) == 2
    assert found == read_page(page_with(node, node, other)), "the ids are the same each time"


def test_microdata_is_read_like_json_ld():
    (found,) = read_page(
        """<div itemscope itemtype="https://schema.org/Event" itemid="#cleanup">
        <h1 itemprop="name">Creek cleanup</h1>
        <time itemprop="startDate" datetime="2027-02-27T08:30-06:00">Saturday</time>
        <p itemprop="location" itemscope itemtype="https://schema.org/Place">
        <b itemprop="name">Footbridge</b></p></div>"""
    )

    assert (found.title, found.location_text, found.external_id) == ("Creek cleanup", "Footbridge", f"{PAGE}#cleanup")


def test_a_broken_block_spares_the_others_and_a_page_of_broken_blocks_is_unreadable():
    broken, good = read_page(page_with("{oops", event()))

    assert "JSON-LD is broken" in str(broken)
    assert good.title == "Plant trees"
    with pytest.raises(Unreadable, match="JSON-LD is broken"):
        read_page(page_with("{oops"))


def test_only_pages_below_the_index_are_followed():
    html = """<a href="a.html">a</a><a href="a.html#part">a</a><a href="/events/">self</a><a href="/other/b.html">b</a>
    <a href="https://evil.example/events/c.html">c</a><a href="calendar.ics">d</a><a href="javascript:alert(1)">e</a>
    <a href="http://169.254.169.254/">f</a><a href="deep/g.html?page=2">g</a>"""

    assert _links_below(HtmlResponse(f"{PAGE}index.html", body=html.encode())) == [
        f"{PAGE}a.html",
        f"{PAGE}deep/g.html?page=2",
    ]


@pytest.mark.parametrize(
    ("folder", "listings", "unreadable"),
    [
        ("jsonld_unitingnc", 3, 0),
        ("jsonld_glwa_tec", 5, 0),
        ("jsonld_amats", 1, 0),
        ("jsonld_cook_landbank_eventon", 0, 18),
        ("microdata_extruct", 2, 2),
        ("microdata_cuyahoga", 0, 1),
    ],
)
def test_real_pages_are_read(shared_data, folder, listings, unreadable):
    pages = sorted((shared_data / "crawl" / folder).glob("*.html"))
    found = [one for page in pages for one in read_page(page.read_bytes(), f"https://site.example/{page.name}")]

    assert sum(not isinstance(one, Unreadable) for one in found) == listings
    assert sum(isinstance(one, Unreadable) for one in found) == unreadable
