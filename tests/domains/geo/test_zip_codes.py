"""ZIP codes are read however they are written, exist or not, and are found on the map and on the clock."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
import zipcodes

from domains.geo.selectors import find_zip_code_problem, normalize_zip_code, zip_point, zip_time_zone


@pytest.mark.parametrize(
    ("zip_code", "latitude", "longitude"),
    [("94110", 37.75, -122.42), ("97214", 45.51, -122.64), ("78702", 30.26, -97.72), ("00601", 18.18, -66.75)],
)
def test_a_zip_code_is_where_the_town_is(zip_code: str, latitude: float, longitude: float):
    assert zip_point(zip_code) == pytest.approx((latitude, longitude), abs=0.02)


@pytest.mark.parametrize("zip_code", ["09001", "09905", "96505", "96510"])
def test_a_military_post_office_is_not_in_the_gulf_of_guinea(zip_code: str):
    assert zip_point(zip_code) is None


@pytest.mark.parametrize("text", ["", "9411", "941100", "94110-1234", "abcde", "00000", "٩٤١١٠", "94110\n"])
def test_what_is_no_zip_code_is_nowhere(text: str):
    assert zip_point(text) is None
    assert zip_time_zone(text) is None


@pytest.mark.parametrize(
    ("zip_code", "name"),
    [
        ("94110", "America/Los_Angeles"),
        ("00601", "America/Puerto_Rico"),
        ("86040", "America/Phoenix"),
        ("89883", "America/Denver"),
        ("86503", "America/Denver"),
        ("85001", "America/Phoenix"),
        ("46406", "America/Chicago"),
        ("57701", "America/Denver"),
        ("00926", "America/Puerto_Rico"),
        ("96910", "Pacific/Guam"),
        ("86003", "America/Phoenix"),
        ("86045", "America/Denver"),
        ("79942", "America/Denver"),
        ("37405", "America/New_York"),
        ("36867", "America/New_York"),
        ("83522", "America/Los_Angeles"),
        ("96944", "Pacific/Kosrae"),
        ("99634", "America/Anchorage"),
    ],
)
def test_a_zip_code_has_the_clocks_of_its_town(zip_code: str, name: str):
    assert zip_time_zone(zip_code) == ZoneInfo(name)


def test_where_the_list_has_no_zone_there_is_none():
    odd = [place["zip_code"] for place in zipcodes.list_all() if "/" not in place["timezone"]]
    assert len(odd) > 800
    assert {zip_time_zone(code) for code in odd if code != "99634"} == {None}


@pytest.mark.parametrize(
    "text",
    [
        "94110",
        " 94110\n",
        "94110-1234",
        "94110 1234",
        "94110 - 1234",
        "941101234",
        "94110\u20131234",
        "\uff19\uff14\uff11\uff11\uff10",
    ],
)
def test_a_zip_code_is_read_however_it_is_written(text: str):
    assert normalize_zip_code(text) == "94110"
    assert find_zip_code_problem(normalize_zip_code(text)) is None


@pytest.mark.parametrize(
    "text", ["9411", "941100", "94110-12", "94110-12345", "94110-", "CA 94110", "٩٤١١٠", "abcde", "94110\x00"]
)
def test_what_is_no_zip_code_stays_what_it_is_and_is_told_so(text: str):
    assert normalize_zip_code(text) == text
    assert find_zip_code_problem(text) == "Give a ZIP code of five digits, such as 94110."


@pytest.mark.parametrize("code", ["00000", "00001", "00099", "00100", "00999", "53400", "87600", "99999"])
def test_what_the_post_never_assigned_does_not_exist(code: str):
    assert find_zip_code_problem(code) == f"There is no ZIP code {code}. Give one that exists, such as 94110."


@pytest.mark.parametrize("code", ["00501", "00926", "09001", "34034", "96799", "96910", "99950", "20500", "10048"])
def test_what_the_post_assigned_exists_at_home_and_abroad_retired_too(code: str):
    assert find_zip_code_problem(code) is None
