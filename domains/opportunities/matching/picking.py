"""Which of the matches are shown, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from domains.opportunities.matching.shapes import Match, Place

#: Of the first `TOP` at most so many are of one host, as long as there are others.
TOP, PER_HOST = 10, 3


def pick(matches: Iterable[tuple[Place, Match]], first: int) -> list[tuple[Place, Match]]:
    """Return the best `first`, one role of each opportunity; see `PER_HOST`.

    Of equals the sooner comes first, then the older role.
    """
    best: dict[int, tuple[Place, Match]] = {}
    for place, match in sorted(matches, key=_rank):
        if match.tenths > 0:
            best.setdefault(place.opportunity_id, (place, match))
    chosen: list[tuple[Place, Match]] = []
    later: list[tuple[Place, Match]] = []
    of_host: Counter[int | None] = Counter()
    for place, match in best.values():
        is_crowded = len(chosen) < TOP and of_host[place.host_id] >= PER_HOST
        of_host[place.host_id] += not is_crowded
        (later if is_crowded else chosen).append((place, match))
    below = sorted([*chosen[TOP:], *later], key=_rank)
    return [*chosen[:TOP], *below][:first]


def _rank(one: tuple[Place, Match]) -> tuple[int, datetime, int]:
    place, match = one
    return -match.tenths, place.span.starts_at, place.role_id
