"""ZIP codes: validation, coordinates, time zones, and nearby ones."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import zipcodes

from domains.geo.plain import Point, box_around, distance_km

#: A ZIP code as it is stored, and as people write it: five digits, or ZIP+4, with spaces and dashes.
_FIVE_DIGITS = re.compile(r"[0-9]{5}")
_WRITTEN = re.compile(r"([0-9]{5})(?:-?[0-9]{4})?")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
#: Corrections of the list, from the boundaries of timezone-boundary-builder (2026) and the local time of the town.
_CORRECTED_ZONES = {
    # Alabama along the Chattahoochee keeps the time of the Georgian towns across the river.
    **dict.fromkeys(("36854", "36863", "36867", "36868", "36869", "36870", "36877"), "America/New_York"),
    "37405": "America/New_York",  # Chattanooga
    "57532": "America/Denver",  # Fort Pierre, west of the Missouri
    "67857": "America/Denver",  # Kendall, in Hamilton County
    "79942": "America/Denver",  # El Paso
    "83522": "America/Los_Angeles",  # Cottonwood, north of the Salmon
    "86003": "America/Phoenix",  # Flagstaff
    "86040": "America/Phoenix",  # Page
    "86045": "America/Denver",  # Tuba City, in the Navajo Nation, which changes its clocks
    "86502": "America/Denver",  # Chambers, in the Navajo Nation
    "89883": "America/Denver",  # West Wendover, which keeps the time of Utah
    "96941": "Pacific/Pohnpei",
    "96944": "Pacific/Kosrae",
    "99634": "America/Anchorage",  # Napakiak, whose own name stands for the zone
}


def normalize_zip_code(text: str) -> str:
    """Return the five digits of a ZIP code, however it is written; any other text is returned stripped.

    Spaces and fullwidth digits do not count, and the last four digits of ZIP+4 are dropped: 94110-1234 is 94110.
    """
    written = _WRITTEN.fullmatch("".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split()))
    return written[1] if written else text.strip()


def why_no_zip_code(text: str) -> str | None:
    """Return what is wrong with a normalized ZIP code, in a sentence; None for one that exists."""
    if not _FIVE_DIGITS.fullmatch(text):
        return "Give a ZIP code of five digits, such as 94110."
    if text not in _listed():
        return f"There is no ZIP code {text}. Give one that exists, such as 94110."
    return None


def zip_point(zip_code: str) -> Point | None:
    """Return the center of a United States ZIP code, from a table built at the first call.

    None for a text that is no ZIP code of five digits, for one that is not in use, and for the military ones
    abroad, which the list puts at 0, 0.
    """
    return _middles().get(zip_code)


def zip_time_zone(zip_code: str) -> ZoneInfo | None:
    """Return the time zone of a United States ZIP code, from a table built at the first call.

    None for a text that is no ZIP code in use, and for the military ones abroad.
    """
    return _zones().get(zip_code)


@lru_cache(maxsize=1024)
def zip_codes_within(point: Point, km: float) -> tuple[str, ...]:
    """Return the ZIP codes whose center is at most `km` from the point, sorted."""
    box, places = box_around(point, km), _from_south_to_north()
    first = bisect_left(places, box.south, key=lambda place: place[1].latitude)
    last = bisect_right(places, box.north, key=lambda place: place[1].latitude)
    return tuple(
        sorted(code for code, middle in places[first:last] if box.holds(middle) and distance_km(point, middle) <= km)
    )


@lru_cache(maxsize=1)
def _listed() -> frozenset[str]:
    """Return every ZIP code: those in use, the military ones abroad, and retired ones, which people still give."""
    return frozenset(str(place["zip_code"]) for place in zipcodes.list_all())


@lru_cache(maxsize=1)
def _middles() -> dict[str, Point]:
    """Return the center of every ZIP code; the first one if a code is listed twice."""
    middles = {
        str(place["zip_code"]): Point(float(place["lat"]), float(place["long"]))
        for place in reversed(zipcodes.list_all())
        if place["zip_code_type"] != "MILITARY"
    }
    return {code: middle for code, middle in middles.items() if middle != (0.0, 0.0)}


@lru_cache(maxsize=1)
def _zones() -> dict[str, ZoneInfo]:
    """Return the time zone of every ZIP code that has one."""
    names = {str(place["zip_code"]): str(place["timezone"]) for place in reversed(zipcodes.list_all())}
    names |= _CORRECTED_ZONES
    known = {name: _zone(name) for name in set(names.values())}
    return {code: zone for code, name in names.items() if (zone := known[name])}


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError):
        # The list has no zone for the military ones abroad.
        return None


@lru_cache(maxsize=1)
def _from_south_to_north() -> list[tuple[str, Point]]:
    return sorted(_middles().items(), key=lambda place: place[1].latitude)
