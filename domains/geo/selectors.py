"""Where a ZIP code is."""

from __future__ import annotations

import re
from functools import lru_cache

import zipcodes


@lru_cache(maxsize=4096)
def zip_centroid(zip_code: str) -> tuple[float, float] | None:
    """Return latitude and longitude, in degrees, of the middle of a United States ZIP code.

    None for what is no ZIP code of five digits, for one that is not in use, and for the military ones
    abroad, which the list puts at 0, 0.
    """
    places = zipcodes.matching(zip_code) if re.fullmatch(r"[0-9]{5}", zip_code) else []
    centroids = [(float(place["lat"]), float(place["long"])) for place in places]
    return centroids[0] if centroids and centroids[0] != (0.0, 0.0) else None
