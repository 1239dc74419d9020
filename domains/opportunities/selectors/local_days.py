"""Days and months of hours, in the time zone of their opportunity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.db.models import Case, DateField, Min, Q, QuerySet, When
from django.db.models.functions import TruncMonth

from domains.geo.selectors import zip_time_zone
from domains.opportunities.models import HoursEntry

_ZIP = "application__role__opportunity__location_zip"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class LocalDays:
    """The time zones of some entries of hours; opportunities without one, such as remote ones, use UTC."""

    #: Zone -> the ZIP codes of opportunities in it; none for UTC.
    zip_codes: Mapping[tzinfo, Collection[str]]
    #: Local day on which the first of the entries began; None without entries.
    first: date | None

    def today(self, now: datetime) -> date:
        """Return the latest current date in any of the zones."""
        return max(now.astimezone(zone).date() for zone in self.zip_codes or (UTC,))

    def began_within(self, since: date, until: date) -> Q:
        """Return the condition that an entry began from `since` to `until`.

        A date is a day in the opportunity's time zone, and `until` includes it; a time is exact, and `until` excludes
        it.
        """
        condition = Q(pk__in=[])
        for zone in {*self.zip_codes, UTC}:
            bounds = Q(started_at__gte=range_start(since, zone), started_at__lt=range_end(until, zone))
            condition |= self._is_in(zone) & bounds
        return condition

    def month(self) -> Case:
        """Return the expression for the local month in which an entry began: its first day, or that day's midnight."""
        by_zone = (
            When(self._is_in(zone), then=TruncMonth("started_at", tzinfo=zone, output_field=DateField()))
            for zone in self.zip_codes
            if zone is not UTC
        )
        default = TruncMonth("started_at", tzinfo=UTC, output_field=DateField())
        return Case(*by_zone, default=default, output_field=DateField())

    def _is_in(self, zone: tzinfo) -> Q:
        # UTC covers all entries in no other zone, so that none is left out if its ZIP code changed meanwhile.
        if zone is UTC:
            return ~Q(**{f"{_ZIP}__in": [code for codes in self.zip_codes.values() for code in codes]})
        return Q(**{f"{_ZIP}__in": self.zip_codes[zone]})


def find_local_days(entries: QuerySet[HoursEntry]) -> LocalDays:
    """Return the time zones of the entries, and the local day on which the first began: one statement."""
    zip_codes: defaultdict[tzinfo, list[str]] = defaultdict(list)
    days = []
    for zip_code, first in entries.order_by().values_list(_ZIP).annotate(first=Min("started_at")):
        zone = zip_time_zone(zip_code) or UTC
        days.append(first.astimezone(zone).date())
        zip_codes[zone].extend([] if zone is UTC else [zip_code])
    return LocalDays(zip_codes, min(days, default=None))


def range_start(bound: date, zone: tzinfo = UTC) -> datetime:
    """Return the moment at which a range begins: the time itself, or the start of the day in the zone."""
    return bound if isinstance(bound, datetime) else datetime.combine(bound, time(), tzinfo=zone)


def range_end(bound: date, zone: tzinfo = UTC) -> datetime:
    """Return the moment before which a range ends: the time itself, or the end of the day in the zone."""
    return bound if isinstance(bound, datetime) else range_start(bound + ONE_DAY, zone)
