"""The list of opportunities: its filters and its orders, and one opportunity in full."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domains.opportunities.models import OpportunityKind, OpportunityStatus
from tests.api import Api, gid
from tests.factories import (
    CauseFactory,
    ListingFactory,
    OpportunityFactory,
    OpportunityHostFactory,
    RoleFactory,
    RoleSkillFactory,
    SkillFactory,
)
from tests.graphql_api.opportunities.documents import DETAIL, TITLES

DAY = datetime(2031, 5, 4, 10, tzinfo=UTC)


def titles(api: Api, *ordering: dict[str, str], **filters: Any) -> list[str]:
    data = api.ask(TITLES, filters=filters or None, ordering=list(ordering))
    return [edge["node"]["title"] for edge in data["opportunities"]["edges"]]


def test_without_a_wished_status_only_the_open_are_listed(api: Api) -> None:
    for status in OpportunityStatus:
        OpportunityFactory(title=f"It is {status}", status=status)
    assert titles(api) == titles(api, isRemote=False) == ["It is OPEN"]
    assert titles(api, status="CLOSED") == ["It is CLOSED"]
    assert titles(api, status="CANCELLED") == ["It is CANCELLED"]
    assert titles(api, status="DRAFT") == []


def test_each_filter_lists_what_fits_it_and_nothing_else(api: Api) -> None:
    skill, other_skill, cause, other_cause = SkillFactory(), SkillFactory(), CauseFactory(), CauseFactory()
    host = OpportunityHostFactory()
    wanted = OpportunityFactory(
        title="The wanted one",
        host=host,
        kind=OpportunityKind.EXPRESS_INTEREST,
        causes=[cause, other_cause],
        start_date=DAY,
        is_remote=True,
        location_zip="97214",
    )
    for role in (RoleFactory(opportunity=wanted), RoleFactory(opportunity=wanted)):
        RoleSkillFactory(role=role, skill=skill)
        RoleSkillFactory(role=role, skill=other_skill)
    ListingFactory(opportunity=wanted, source__name="Notice board")
    OpportunityFactory(title="Another one", start_date=DAY + timedelta(days=1))
    before, after = (DAY - timedelta(seconds=1)).isoformat(), (DAY + timedelta(seconds=1)).isoformat()
    fitting: list[dict[str, Any]] = [
        {"kind": "EXPRESS_INTEREST"},
        {"hostId": gid(host)},
        {"skillIds": [gid(skill), gid(other_skill)]},
        {"causeIds": [gid(cause), gid(other_cause)]},
        {"isRemote": True},
        {"locationZip": "97214"},
        {"startsBefore": after},
        {"startsAfter": before, "startsBefore": after},
        {"source": "Notice board"},
    ]
    for filters in fitting:
        assert titles(api, **filters) == ["The wanted one"], filters
    unfitting: list[dict[str, Any]] = [
        {"kind": "EXTERNAL"},
        {"hostId": gid(OpportunityHostFactory())},
        {"skillIds": [gid(SkillFactory())]},
        {"skillIds": []},
        {"causeIds": [gid(CauseFactory())]},
        {"locationZip": "97215"},
        {"startsBefore": before},
        {"source": "Notice"},
        {"hostId": gid(host), "isRemote": False},
    ]
    for filters in unfitting:
        assert titles(api, **filters) == [], filters
    assert titles(api, startsAfter=DAY.isoformat()) == ["The wanted one", "Another one"]


def test_the_order_is_as_asked_and_by_start_without_asking(api: Api) -> None:
    OpportunityFactory(title="Beta", start_date=DAY, created_at=DAY)
    OpportunityFactory(title="Alpha", start_date=DAY + timedelta(days=1), created_at=DAY - timedelta(days=9))
    OpportunityFactory(title="Gamma", start_date=DAY, created_at=DAY - timedelta(days=5))
    assert titles(api) == titles(api, {"startDate": "ASC"}) == ["Beta", "Gamma", "Alpha"]
    assert titles(api, {"startDate": "DESC"}) == ["Alpha", "Gamma", "Beta"]
    assert titles(api, {"createdAt": "ASC"}) == ["Alpha", "Gamma", "Beta"]
    assert titles(api, {"createdAt": "DESC"}) == ["Beta", "Gamma", "Alpha"]
    assert titles(api, {"title": "ASC"}) == ["Alpha", "Beta", "Gamma"]
    assert titles(api, {"title": "DESC"}) == ["Gamma", "Beta", "Alpha"]
    assert titles(api, {"startDate": "ASC"}, {"title": "DESC"}) == ["Gamma", "Beta", "Alpha"]
    assert titles(api, {"startDate": "ASC"}, {"startDate": "DESC"}) == ["Beta", "Gamma", "Alpha"]


@pytest.mark.parametrize(
    "filters",
    [
        {"startsAfter": "2031-05-04T10:00:00"},
        {"startsBefore": "0001-01-01T00:00:00+14:00"},
        {"startsBefore": "yesterday"},
        {"status": "GONE"},
    ],
)
def test_a_filter_that_makes_no_sense_is_bad_user_input(api: Api, filters: dict[str, Any]) -> None:
    assert api.error_code(TITLES, filters=filters) == "BAD_USER_INPUT"


def test_an_opportunity_in_full(api: Api) -> None:
    listing = ListingFactory(
        opportunity__causes=[CauseFactory(name="Water"), CauseFactory(name="Birds")], source__name="Notice board"
    )
    role = RoleFactory(opportunity=listing.opportunity, slots_available=3)
    RoleSkillFactory(role=role, skill__name="Wading", is_developed=True)
    shown = api.ask(DETAIL, id=gid(listing.opportunity))["opportunity"]
    assert (shown["kind"], shown["host"], shown["locationZip"]) == ("EXTERNAL", None, "94110")
    assert [cause["name"] for cause in shown["causes"]] == ["Birds", "Water"]
    assert shown["location"] == {"latitude": 37.7487, "longitude": -122.4158}
    assert (shown["source"]["name"], shown["source"]["url"]) == ("Notice board", listing.url)
    assert shown["source"]["externalId"] == listing.external_id
    (shown_role,) = shown["roles"]
    assert (shown_role["slotsRemaining"], shown_role["myApplication"]) == (3, None)
    (skill,) = shown_role["skills"]
    assert (skill["isRequired"], skill["isDeveloped"], skill["skill"]["name"]) == (True, True, "Wading")


def test_a_listing_without_a_page_of_its_own_leads_to_its_source_and_what_is_written_here_has_none(api: Api) -> None:
    listing = ListingFactory(url="", source__url="https://board.example/")
    assert api.ask(DETAIL, id=gid(listing.opportunity))["opportunity"]["source"]["url"] == "https://board.example/"
    remote = OpportunityFactory(remote=True)
    shown = api.ask(DETAIL, id=gid(remote))["opportunity"]
    assert (shown["source"], shown["location"], shown["isRemote"]) == (None, None, True)


@pytest.mark.parametrize(
    ("zip_code", "zone"), [("60601", "America/Chicago"), ("09001", None), ("00000", None), ("", None)]
)
def test_the_clocks_of_the_place_are_named(zip_code: str, zone: str | None, api: Api) -> None:
    opportunity = OpportunityFactory(location_zip=zip_code)
    document = "query Clocks($id: ID!) { opportunity(id: $id) { timeZone } }"
    assert api.ask(document, id=gid(opportunity))["opportunity"]["timeZone"] == zone
