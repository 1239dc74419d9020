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
_ZIP_CODE = re.compile(r"([0-9]{5})(?:-?[0-9]{4})?")
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
    written = _ZIP_CODE.fullmatch("".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split()))
    return written[1] if written else text.strip()


def find_zip_code_problem(text: str) -> str | None:
    """Return what is wrong with a normalized ZIP code, in a sentence; None for one that exists."""
    if not _FIVE_DIGITS.fullmatch(text):
        return "Give a ZIP code of five digits, such as 94110."
    if text not in _listed_zip_codes():
        return f"There is no ZIP code {text}. Give one that exists, such as 94110."
    return None


def zip_point(zip_code: str) -> Point | None:
    """Return the center of a United States ZIP code, from a table built at the first call.

    None for a text that is no ZIP code of five digits, for one that is not in use, and for the military ones
    abroad, which the list puts at 0, 0.
    """
    return _centers().get(zip_code)


def zip_time_zone(zip_code: str) -> ZoneInfo | None:
    """Return the time zone of a United States ZIP code, from a table built at the first call.

    None for a text that is no ZIP code in use, and for the military ones abroad.
    """
    return _time_zones().get(zip_code)


@lru_cache(maxsize=1024)
def zip_codes_within(point: Point, km: float) -> tuple[str, ...]:
    """Return the ZIP codes whose center is at most `km` from the point, sorted."""
    box, centers = box_around(point, km), _centers_by_latitude()
    first = bisect_left(centers, box.south, key=lambda entry: entry[1].latitude)
    last = bisect_right(centers, box.north, key=lambda entry: entry[1].latitude)
    return tuple(
        sorted(
            code for code, center in centers[first:last] if box.contains(center) and distance_km(point, center) <= km
        )
    )


@lru_cache(maxsize=1)
def _listed_zip_codes() -> frozenset[str]:
    """Return every ZIP code: those in use, the military ones abroad, and retired ones, which people still give."""
    return frozenset(str(entry["zip_code"]) for entry in zipcodes.list_all())


@lru_cache(maxsize=1)
def _centers() -> dict[str, Point]:
    """Return the center of every ZIP code; the first one if a code is listed twice."""
    centers = {
        str(entry["zip_code"]): Point(float(entry["lat"]), float(entry["long"]))
        for entry in reversed(zipcodes.list_all())
        if entry["zip_code_type"] != "MILITARY"
    }
    return {code: center for code, center in centers.items() if center != (0.0, 0.0)}


@lru_cache(maxsize=1)
def _time_zones() -> dict[str, ZoneInfo]:
    """Return the time zone of every ZIP code that has one."""
    names = {str(entry["zip_code"]): str(entry["timezone"]) for entry in reversed(zipcodes.list_all())}
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
def _centers_by_latitude() -> list[tuple[str, Point]]:
    return sorted(_centers().items(), key=lambda entry: entry[1].latitude)
