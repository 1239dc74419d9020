"""record_listing, record_source and finish_crawl: one row per listing, whatever a source does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from domains.base.errors import NotFound, Refused
from domains.opportunities.models import Listing, Opportunity, OpportunityHost, Source
from domains.opportunities.services import close_ended
from domains.opportunities.services import record_listing as module
from domains.opportunities.services.finish_crawl import finish_crawl
from domains.opportunities.services.record_listing import FoundListing, RecordOutcome, record_listing
from domains.opportunities.services.record_source import record_source

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 1, 10, 12, tzinfo=UTC)
FOUND = FoundListing(
    title="Plant trees",
    description="Bring gloves and friends.",
    start_date=datetime(2027, 5, 1, 16, tzinfo=UTC),
    end_date=datetime(2027, 5, 1, 19, tzinfo=UTC),
    external_id="trees",
    url="https://helpers.example/trees",
    location_text="Canopy Shed, 915 SE Larkspur Court, Portland, OR 97214",
    postal_code="97214",
    latitude=45.5,
    longitude=-122.6,
    organization_name="Buckman Canopy",
)


@pytest.fixture
def source() -> int:
    return record_source(kind="ICALENDAR", url="https://helpers.example/feed.ics", name="Helpers")


def _record(source, found=FOUND, now=NOW):
    return record_listing(source_id=source, listing=found, now=now)


def _everything():
    return list(Opportunity.objects.values()), list(Listing.objects.values())


def test_a_new_listing_is_an_open_external_opportunity(source):
    assert _record(source) == RecordOutcome.CREATED

    row = Opportunity.objects.select_related("listing").get()
    assert (row.kind, row.status, row.host) == ("EXTERNAL", "OPEN", None)
    assert (row.title, row.description) == (FOUND.title, FOUND.description)
    assert (row.start_date, row.end_date) == (FOUND.start_date, FOUND.end_date)
    assert (row.location_text, row.location_zip) == (FOUND.location_text, "97214")
    assert (row.latitude, row.longitude) == (45.5, -122.6)
    assert (row.listing.url, row.listing.organization_name) == (FOUND.url, "Buckman Canopy")
    assert row.listing.first_seen_at == row.listing.last_seen_at == NOW


def test_a_listing_that_is_over_is_closed_from_the_start(source):
    _record(source, now=FOUND.end_date)

    assert Opportunity.objects.get().status == "CLOSED"


def test_the_same_content_again_only_moves_the_time_it_was_seen(source):
    _record(source)
    opportunities, (listing,) = _everything()
    later = NOW + timedelta(days=1)
    elsewhere = FOUND.start_date.astimezone(tz=None)

    assert _record(source, replace(FOUND, start_date=elsewhere), later) == RecordOutcome.UNCHANGED

    assert _everything() == (opportunities, [{**listing, "last_seen_at": later}])


def test_changed_content_updates_the_same_row(source):
    _record(source)
    pk = Opportunity.objects.get().pk

    moved = replace(FOUND, title="Plant many trees", start_date=FOUND.start_date - timedelta(hours=1))
    assert _record(source, moved) == RecordOutcome.UPDATED

    row = Opportunity.objects.get()
    assert (row.pk, row.title, row.start_date) == (pk, "Plant many trees", moved.start_date)
    assert _record(source, moved) == RecordOutcome.UNCHANGED


def test_a_listing_closes_when_its_end_has_passed_and_opens_when_it_is_moved_ahead(source):
    _record(source)

    assert _record(source, now=FOUND.end_date) == RecordOutcome.UPDATED
    assert Opportunity.objects.get().status == "CLOSED"

    later = replace(FOUND, end_date=FOUND.end_date + timedelta(days=7))
    assert _record(source, later, FOUND.end_date + timedelta(days=1)) == RecordOutcome.UPDATED
    assert Opportunity.objects.get().status == "OPEN"


def test_what_a_person_has_closed_stays_closed(source):
    _record(source)
    Opportunity.objects.update(status="CANCELLED")

    _record(source, replace(FOUND, title="Plant many trees"))

    assert Opportunity.objects.get().status == "CANCELLED"


def test_the_text_of_a_host_is_not_overwritten(source):
    _record(source)
    host = OpportunityHost.objects.create(organization_name="Buckman Canopy")
    Opportunity.objects.update(host=host, title="Our own words")
    before = Opportunity.objects.values().get()

    assert _record(source, replace(FOUND, title="Theirs"), FOUND.end_date) == RecordOutcome.UNCHANGED

    assert Opportunity.objects.values().get() == before
    assert Listing.objects.get().last_seen_at == FOUND.end_date


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"title": " "}, ("REQUIRED", "title")),
        ({"title": "ab"}, ("TOO_SHORT", "title")),
        ({"external_id": ""}, ("REQUIRED", "external_id")),
        ({"external_id": "x" * 301}, ("TOO_LONG", "external_id")),
        ({"url": "https://a.example/" + "x" * 500}, ("TOO_LONG", "url")),
        ({"url": "javascript:alert(1)"}, ("INVALID", "url")),
        ({"url": "ftp://a.example/"}, ("INVALID", "url")),
        ({"start_date": datetime(2027, 5, 1)}, ("INVALID", "start_date")),  # noqa: DTZ001 - that is what is wrong
        ({"end_date": FOUND.start_date - timedelta(minutes=1)}, ("INVALID", "end_date")),
        ({"postal_code": "9721"}, ("INVALID", "postal_code")),
        ({"latitude": 91.0}, ("INVALID", "latitude")),
        ({"latitude": float("nan")}, ("INVALID", "latitude")),
        ({"longitude": None}, ("INVALID", "latitude")),
    ],
)
@pytest.mark.parametrize("is_known", [False, True])
def test_a_wrong_value_is_refused_and_nothing_changes(source, wrong, problem, is_known):
    if is_known:
        _record(source)
    before = _everything()

    with pytest.raises(Refused) as refused:
        _record(source, replace(FOUND, **wrong), NOW + timedelta(days=1))

    assert problem in [(found.code, found.field) for found in refused.value.problems]
    assert _everything() == before


def test_all_that_is_wrong_is_said_at_once(source):
    with pytest.raises(Refused) as refused:
        _record(source, replace(FOUND, title="", url="x:y", postal_code="1"))

    assert {problem.field for problem in refused.value.problems} == {"title", "url", "postal_code"}


def test_an_unknown_source_is_refused():
    with pytest.raises(NotFound):
        _record(4711)
    with pytest.raises(NotFound):
        finish_crawl(source_id=4711, started_at=NOW, is_whole=True)

    assert _everything() == ([], [])


def test_long_words_are_cut_and_marked(source):
    _record(source, replace(FOUND, title="t" * 300, description="d" * 6000, location_text="l" * 400))

    row = Opportunity.objects.get()
    assert (len(row.title), len(row.description), len(row.location_text)) == (200, 5000, 300)
    assert row.title.endswith("t…")
    row.full_clean()


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("", "Plant trees, with Buckman Canopy, at Canopy Shed. Details are at the source."),
        ("Fun!", "Fun! Plant trees, with Buckman Canopy, at Canopy Shed. Details are at the source."),
        ("Ten chars.", "Ten chars."),
    ],
)
def test_a_source_without_a_description_gets_a_true_sentence(source, description, expected):
    _record(source, replace(FOUND, description=description, location_text="Canopy Shed"))

    assert Opportunity.objects.get().description == expected


def test_listings_of_two_sources_are_two(source):
    other = record_source(kind="ICALENDAR", url="https://other.example/feed.ics", name="Others")

    assert (_record(source), _record(other)) == (RecordOutcome.CREATED, RecordOutcome.CREATED)


def test_a_source_is_one_row_per_kind_and_address_and_takes_its_latest_name(source):
    again = record_source(kind="ICALENDAR", url="https://helpers.example/feed.ics", name="Helping hands")
    other = record_source(kind="STRUCTURED_DATA", url="https://helpers.example/feed.ics", name="Helpers")

    assert again == source
    assert other != source
    assert Source.objects.get(pk=source).name == "Helping hands"


@pytest.mark.parametrize(
    "wrong", [{"kind": "ATOM"}, {"url": "nowhere"}, {"url": "https://a.example/" + "x" * 500}, {"name": " "}]
)
def test_a_source_with_a_wrong_value_is_refused(wrong):
    with pytest.raises(Refused):
        record_source(**{"kind": "ICALENDAR", "url": "https://a.example/", "name": "A", **wrong})

    assert not Source.objects.exists()


def test_two_whole_crawls_without_a_listing_close_it_and_its_return_opens_it(source):
    _record(source)
    other = replace(FOUND, external_id="coats", title="Mend coats")
    first, second, third = (NOW + timedelta(days=days) for days in (1, 2, 3))

    _record(source, other, first)
    assert finish_crawl(source_id=source, started_at=first, is_whole=True) == 0
    _record(source, other, second)
    assert finish_crawl(source_id=source, started_at=second, is_whole=True) == 1
    assert dict(Opportunity.objects.values_list("title", "status")) == {
        "Plant trees": "CLOSED",
        "Mend coats": "OPEN",
    }
    assert Source.objects.get().last_run_at is not None

    assert _record(source, FOUND, third) == RecordOutcome.UPDATED
    assert set(Opportunity.objects.values_list("status", flat=True)) == {"OPEN"}
    assert Listing.objects.get(external_id="trees").missed_runs == 0


def test_crawls_that_are_not_whole_are_remembered_and_close_nothing(source):
    _record(source)

    for days in (1, 2, 3):
        assert finish_crawl(source_id=source, started_at=NOW + timedelta(days=days), is_whole=False) == 0

    assert Opportunity.objects.get().status == "OPEN"
    assert Listing.objects.get().missed_runs == 0
    assert Source.objects.get().last_run_at is not None


def test_a_listing_seen_in_between_is_not_gone(source):
    _record(source)
    for days in range(1, 6):
        finish_crawl(source_id=source, started_at=NOW + timedelta(days=2 * days - 1), is_whole=True)
        _record(source, now=NOW + timedelta(days=2 * days))

    assert Opportunity.objects.get().status == "OPEN"


def test_a_crawl_of_one_source_closes_nothing_of_another_or_of_a_host(source):
    host = OpportunityHost.objects.create(organization_name="Buckman Canopy")
    _record(source)
    Opportunity.objects.update(host=host)
    other = record_source(kind="ICALENDAR", url="https://other.example/feed.ics", name="Others")
    _record(other)

    for days in (1, 2, 3):
        assert finish_crawl(source_id=source, started_at=NOW + timedelta(days=days), is_whole=True) == 0

    assert set(Opportunity.objects.values_list("status", flat=True)) == {"OPEN"}


def test_the_number_of_statements_does_not_grow_with_the_rows(source):
    def statements(act):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            act()
        return len(captured)

    def costs(number):
        new = replace(FOUND, external_id=f"new-{number}")
        return (
            statements(lambda: _record(source, new)),
            statements(lambda: _record(source, new)),
            statements(lambda: _record(source, replace(new, title="Plant other trees"))),
            statements(lambda: finish_crawl(source_id=source, started_at=NOW + timedelta(days=number), is_whole=True)),
        )

    with_one = costs(1)
    for number in range(30):
        _record(source, replace(FOUND, external_id=str(number)))

    assert costs(2) == with_one
    assert max(with_one) <= 6


def test_a_rival_that_creates_the_row_first_is_found(source, monkeypatch):
    store = module._store

    def overtaken(*arguments):
        monkeypatch.setattr(module, "_store", store)
        store(*arguments)
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr(module, "_store", overtaken)

    assert _record(source) == RecordOutcome.UNCHANGED
    assert Listing.objects.count() == Opportunity.objects.count() == 1


def test_what_the_clock_closed_opens_again_when_the_source_gives_it_a_new_date(source: int) -> None:
    _record(source)
    over = FOUND.end_date + timedelta(days=1)
    close_ended.close_ended(now=over)
    opportunity = Opportunity.objects.get()
    assert (opportunity.status, opportunity.closed_reason) == ("CLOSED", close_ended.REASON)
    again = replace(FOUND, start_date=over + timedelta(days=7), end_date=over + timedelta(days=7, hours=3))
    assert _record(source, again, now=over) == RecordOutcome.UPDATED
    opportunity.refresh_from_db()
    assert (opportunity.status, opportunity.closed_reason) == ("OPEN", "")


def test_what_a_person_closed_stays_closed_whatever_the_source_says(source: int) -> None:
    _record(source)
    Opportunity.objects.update(status="CLOSED", closed_reason="The shed burnt down.")
    later = replace(FOUND, start_date=FOUND.start_date + timedelta(days=7), end_date=FOUND.end_date + timedelta(days=7))
    _record(source, later)
    assert Opportunity.objects.get().status == "CLOSED"
