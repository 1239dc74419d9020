"""Distance and boxes on the globe from plain degrees, with an index on two columns and no database extension.

A box finds candidates from the index; the distance decides. A PostGIS version would offer the same names.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q

#: The mean radius of the earth (IUGG), in km.
EARTH_RADIUS_KM = 6371.0088
_KM_PER_DEGREE = EARTH_RADIUS_KM * math.pi / 180
_MAX_LONGITUDE = 180


class Point(NamedTuple):
    """Degrees north of the equator and east of Greenwich."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Box:
    """The area between two parallels and two meridians, in degrees; across the antimeridian `west` is above `east`."""

    south: float
    north: float
    west: float
    east: float

    def contains(self, point: Point) -> bool:
        """Return whether the point is in the box."""
        is_between = point.longitude >= self.west, point.longitude <= self.east
        is_inside = all(is_between) if self.west <= self.east else any(is_between)
        return is_inside and self.south <= point.latitude <= self.north

    def as_condition(self) -> Q:
        """Return a condition on the columns `longitude` and `latitude`, the more selective one first."""
        if self.west <= self.east:
            between = Q(longitude__gte=self.west, longitude__lte=self.east)
        else:
            between = Q(longitude__gte=self.west) | Q(longitude__lte=self.east)
        return between & Q(latitude__gte=self.south, latitude__lte=self.north)


def distance_km(one: Point, other: Point) -> float:
    """Return the great-circle distance, in km, by the haversine formula."""
    north, other_north = math.radians(one.latitude), math.radians(other.latitude)
    east = math.radians(other.longitude - one.longitude)
    half = math.sin((other_north - north) / 2) ** 2 + math.cos(north) * math.cos(other_north) * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def box_around(point: Point, km: float) -> Box:
    """Return the smallest box that holds everything within `km` of the point, at the poles and dateline too."""
    latitude_delta = km / _KM_PER_DEGREE
    south, north = point.latitude - latitude_delta, point.latitude + latitude_delta
    if south <= -90 or north >= 90:  # noqa: PLR2004 # around a pole every meridian is near
        return Box(max(south, -90.0), min(north, 90.0), -180.0, 180.0)
    longitude_delta = math.degrees(
        math.asin(min(1.0, math.sin(math.radians(latitude_delta)) / math.cos(math.radians(point.latitude))))
    )
    if longitude_delta >= _MAX_LONGITUDE:
        return Box(south, north, -180.0, 180.0)
    return Box(
        south,
        north,
        _wrap_longitude(point.longitude - longitude_delta),
        _wrap_longitude(point.longitude + longitude_delta),
    )


def _wrap_longitude(longitude: float) -> float:
    return (longitude + 180) % 360 - 180 if abs(longitude) > _MAX_LONGITUDE else longitude


def longitude_scale(point: Point) -> float:
    """Return the length of a degree of longitude there, as a fraction of a degree of latitude."""
    return math.cos(math.radians(point.latitude))
