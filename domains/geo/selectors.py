"""Where a ZIP code is, what time it is there, and which are near."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import zipcodes

from domains.geo.plain import Point, box_around, distance_km


def zip_point(zip_code: str) -> Point | None:
    """Return the middle of a United States ZIP code, from a table made at the first question.

    None for what is no ZIP code of five digits, for one that is not in use, and for the military ones
    abroad, which the list puts at 0, 0.
    """
    return _middles().get(zip_code)


def zip_time_zone(zip_code: str) -> ZoneInfo | None:
    """Return the time zone that a United States ZIP code lies in, from a table made at the first question.

    None for what is no ZIP code in use, and for the military ones abroad.
    """
    return _zones().get(zip_code)


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
    """Return the middle of every ZIP code; of one that is listed twice the first."""
    middles = {
        str(place["zip_code"]): Point(float(place["lat"]), float(place["long"]))
        for place in reversed(zipcodes.list_all())
    }
    return {code: middle for code, middle in middles.items() if middle != (0.0, 0.0)}


@lru_cache(maxsize=1)
def _zones() -> dict[str, ZoneInfo]:
    """Return the time zone of every ZIP code that has one."""
    names = {str(place["zip_code"]): str(place["timezone"]) for place in reversed(zipcodes.list_all())}
    known = {name: _zone(name) for name in set(names.values())}
    return {code: zone for code, name in names.items() if (zone := known[name])}


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError):
        # The list has the name of a town as that of one zone, and none for some.
        return None


@lru_cache(maxsize=1)
def _from_south_to_north() -> list[tuple[str, Point]]:
    return sorted(_middles().items(), key=lambda place: place[1].latitude)
