"""ZIP codes are found on the map and on the clock."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
import zipcodes

from domains.geo.selectors import zip_point, zip_time_zone


@pytest.mark.parametrize(
    ("zip_code", "latitude", "longitude"),
    [("94110", 37.75, -122.42), ("97214", 45.51, -122.64), ("78702", 30.26, -97.72), ("00601", 18.18, -66.75)],
)
def test_a_zip_code_is_where_the_town_is(zip_code: str, latitude: float, longitude: float):
    assert zip_point(zip_code) == pytest.approx((latitude, longitude), abs=0.02)


@pytest.mark.parametrize("zip_code", ["09001", "09905"])
def test_a_military_post_office_is_not_in_the_gulf_of_guinea(zip_code: str):
    assert zip_point(zip_code) is None


@pytest.mark.parametrize("text", ["", "9411", "941100", "94110-1234", "abcde", "00000", "٩٤١١٠", "94110\n"])
def test_what_is_no_zip_code_is_nowhere(text: str):
    assert zip_point(text) is None
    assert zip_time_zone(text) is None


@pytest.mark.parametrize(
    ("zip_code", "name"),
    [("94110", "America/Los_Angeles"), ("85001", "America/Phoenix"), ("00601", "America/Puerto_Rico")],
)
def test_a_zip_code_has_the_clocks_of_its_town(zip_code: str, name: str):
    assert zip_time_zone(zip_code) == ZoneInfo(name)


def test_where_the_list_has_no_zone_or_a_word_that_is_none_there_is_none():
    odd = [place["zip_code"] for place in zipcodes.list_all() if "/" not in place["timezone"]]
    assert len(odd) > 800
    assert {zip_time_zone(code) for code in odd} == {None}
