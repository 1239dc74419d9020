"""Where a ZIP code is, what time it is there, and which are near."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import zipcodes

from domains.geo.plain import Point, box_around, distance_km


@lru_cache(maxsize=4096)
def zip_centroid(zip_code: str) -> tuple[float, float] | None:
    """Return latitude and longitude, in degrees, of the middle of a United States ZIP code.

    None for what is no ZIP code of five digits, for one that is not in use, and for the military ones
    abroad, which the list puts at 0, 0.
    """
    place = _place_of(zip_code)
    centroid = (float(place["lat"]), float(place["long"])) if place else (0.0, 0.0)
    return centroid if centroid != (0.0, 0.0) else None


@lru_cache(maxsize=4096)
def zip_time_zone(zip_code: str) -> ZoneInfo | None:
    """Return the time zone that a United States ZIP code lies in; None for what is none in use.

    None, too, for the military ones abroad.
    """
    place = _place_of(zip_code)
    try:
        return ZoneInfo(place["timezone"]) if place else None
    except (ValueError, ZoneInfoNotFoundError):
        # The list has a town in place of the zone in one row.
        return None


def _place_of(zip_code: str) -> dict[str, Any] | None:
    places: list[dict[str, Any]] = zipcodes.matching(zip_code) if re.fullmatch(r"[0-9]{5}", zip_code) else []
    return places[0] if places else None


def zip_point(zip_code: str) -> Point | None:
    """Return the middle of the ZIP code, as `zip_centroid` does, from a table made at the first question."""
    return _middles().get(zip_code)


@lru_cache(maxsize=1024)
def zip_codes_within(point: Point, km: float) -> tuple[str, ...]:
    """Return the ZIP codes whose middle is at most so many km from the point, in their own order."""
    box, places = box_around(point, km), _from_south_to_north()
    first = bisect_left(places, box.south, key=lambda place: place[1].latitude)
    last = bisect_right(places, box.north, key=lambda place: place[1].latitude)
    return tuple(
        sorted(code for code, middle in places[first:last] if box.holds(middle) and distance_km(point, middle) <= km)
    )


@lru_cache(maxsize=1)
def _middles() -> dict[str, Point]:
    """Return the middle of every ZIP code; of one that is listed twice the first, as `zip_centroid` takes it."""
    middles = {
        str(place["zip_code"]): Point(float(place["lat"]), float(place["long"]))
        for place in reversed(zipcodes.list_all())
    }
    return {code: middle for code, middle in middles.items() if middle != (0.0, 0.0)}


@lru_cache(maxsize=1)
def _from_south_to_north() -> list[tuple[str, Point]]:
    return sorted(_middles().items(), key=lambda place: place[1].latitude)
