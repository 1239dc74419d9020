"""What is within so many km is in the box, anywhere on the globe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.geo.plain import EARTH_RADIUS_KM, Box, Point, box_around, distance_km
from domains.geo.selectors import zip_codes_within, zip_point

points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (Point(37.7487, -122.4158), Point(37.8044, -122.2712), 14.2),
        (Point(40.7128, -74.0060), Point(51.5074, -0.1278), 5570),
        (Point(0, 179.5), Point(0, -179.5), 111.2),
        (Point(90, 0), Point(90, 77), 0),
    ],
)
def test_the_distance_of_known_places(one: Point, other: Point, km: float) -> None:
    assert distance_km(one, other) == pytest.approx(km, rel=0.005, abs=0.001)


@given(points, points)
def test_the_distance_is_the_same_both_ways_and_never_more_than_half_around(one: Point, other: Point) -> None:
    assert distance_km(one, other) == pytest.approx(distance_km(other, one), abs=1e-6)
    assert 0 <= distance_km(one, other) <= EARTH_RADIUS_KM * 3.15


@given(points, points, st.floats(0.1, 21_000))
def test_whatever_is_near_enough_is_in_the_box(middle: Point, other: Point, km: float) -> None:
    if distance_km(middle, other) <= km - 1e-3:
        assert box_around(middle, km).contains(other)


@given(st.floats(-80, 80), st.floats(-180, 180), st.floats(1, 100))
def test_what_is_twice_as_far_north_or_south_is_not_in_the_box(north: float, east: float, km: float) -> None:
    box = box_around(Point(north, east), km)
    assert not box.contains(Point(north + km / 111 * 2, east))
    assert not box.contains(Point(north - km / 111 * 2, east))


def test_a_box_across_the_antimeridian_holds_both_sides_and_not_the_middle_of_the_world() -> None:
    box = box_around(Point(-16.5, 179.9), 50)
    assert box.west > box.east
    assert box.contains(Point(-16.5, -179.9))
    assert box.contains(Point(-16.5, 179.8))
    assert not box.contains(Point(-16.5, 0))


def test_around_a_pole_every_meridian_is_near() -> None:
    assert box_around(Point(89.9, 10), 50) == Box(pytest.approx(89.45, abs=0.01), 90, -180, 180)  # type: ignore[arg-type]


def test_the_zip_codes_around_a_place_are_those_whose_middle_is_near() -> None:
    mission = zip_point("94110")
    assert mission
    near = zip_codes_within(mission, 3)
    assert {"94110", "94103", "94114"} <= set(near)
    assert list(near) == sorted(near)
    assert not {"94601", "10001"} & set(near)
    assert all(distance_km(mission, middle) <= 3 for code in near if (middle := zip_point(code)))
    assert set(near) < set(zip_codes_within(mission, 25))
