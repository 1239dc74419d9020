"""Reads locations: their text, a United States ZIP code if the text confirms it, and coordinates if given."""

from __future__ import annotations

import math
import re
from datetime import tzinfo
from functools import lru_cache
from typing import Any

import zipcodes

from domains.geo.selectors import zip_time_zone

_FIVE_DIGITS = re.compile(r"(?<![\d-])(\d{5})(?:-\d{4})?(?!\d)")
_UNITED_STATES = {"us", "usa", "united states", "united states of america"}


def zip_in(text: str, country: str = "") -> str:
    """Return the last ZIP code whose state or city is also in the text; five digits alone are not enough."""
    if country and country.lower().rstrip(".") not in _UNITED_STATES:
        return ""
    for code in reversed(_FIVE_DIGITS.findall(text)):
        area = _area(code)
        if area and (country or _names(text, area)):
            return str(code)
    return ""


@lru_cache(maxsize=1024)
def zone_of_town(town: str, state: str) -> tzinfo | None:
    """Return the time zone of a town in a state such as CA, if all its ZIP codes have the same one."""
    zones = {zip_time_zone(area["zip_code"]) for area in zipcodes.filter_by(city=town, state=state)}
    return zones.pop() if len(zones) == 1 else None


def degrees(latitude: object, longitude: object) -> tuple[float | None, float | None]:
    """Return the coordinates if both are numbers on earth and not the zeros of an empty form."""
    try:
        north, east = float(str(latitude)), float(str(longitude))
    except ValueError:
        return None, None
    is_on_earth = math.isfinite(north) and math.isfinite(east) and abs(north) <= 90 and abs(east) <= 180  # noqa: PLR2004
    return (north, east) if is_on_earth and (north or east) else (None, None)


@lru_cache(maxsize=1024)
def _area(code: str) -> dict[str, Any] | None:
    found: list[dict[str, Any]] = zipcodes.matching(code)
    return found[0] if found else None


def _names(text: str, area: dict[str, Any]) -> bool:
    """Tell whether the text names the state, such as CA, or the city of the ZIP code."""
    if re.search(rf"\b{area['state']}\b", text):
        return True
    return any(re.search(rf"\b{re.escape(city)}\b", text, re.IGNORECASE) for city in _cities(area))


def _cities(area: dict[str, Any]) -> list[str]:
    return [area["city"], *area["acceptable_cities"]]
