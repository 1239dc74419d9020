"""ZIP codes are found on the map."""

from __future__ import annotations

import pytest

from domains.geo.selectors import zip_centroid


@pytest.mark.parametrize(
    ("zip_code", "latitude", "longitude"),
    [("94110", 37.75, -122.42), ("97214", 45.51, -122.64), ("78702", 30.26, -97.72), ("00601", 18.18, -66.75)],
)
def test_a_zip_code_is_where_the_town_is(zip_code: str, latitude: float, longitude: float):
    assert zip_centroid(zip_code) == pytest.approx((latitude, longitude), abs=0.02)


@pytest.mark.parametrize("zip_code", ["09001", "09905"])
def test_a_military_post_office_is_not_in_the_gulf_of_guinea(zip_code: str):
    assert zip_centroid(zip_code) is None


@pytest.mark.parametrize("text", ["", "9411", "941100", "94110-1234", "abcde", "00000", "٩٤١١٠", "94110\n"])
def test_what_is_no_zip_code_is_nowhere(text: str):
    assert zip_centroid(text) is None
