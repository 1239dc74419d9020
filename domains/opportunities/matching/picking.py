"""Selects the matches to show, and orders them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from domains.opportunities.matching.shapes import Match, RoleCandidate

#: At most `MAX_PER_HOST_IN_TOP` of the first `TOP_SIZE` matches are of one host, as long as there are others.
TOP_SIZE, MAX_PER_HOST_IN_TOP = 10, 3


def pick_matches(matches: Iterable[tuple[RoleCandidate, Match]], first: int) -> list[tuple[RoleCandidate, Match]]:
    """Return the best `first`, one role of each opportunity; see `MAX_PER_HOST_IN_TOP`.

    Equal matches are ordered by the earlier start, then by the older role.
    """
    best: dict[int, tuple[RoleCandidate, Match]] = {}
    for candidate, match in sorted(matches, key=_rank):
        if match.tenths > 0:
            best.setdefault(candidate.opportunity_id, (candidate, match))
    chosen: list[tuple[RoleCandidate, Match]] = []
    later: list[tuple[RoleCandidate, Match]] = []
    of_host: Counter[int | None] = Counter()
    for candidate, match in best.values():
        is_crowded = len(chosen) < TOP_SIZE and of_host[candidate.host_id] >= MAX_PER_HOST_IN_TOP
        of_host[candidate.host_id] += not is_crowded
        (later if is_crowded else chosen).append((candidate, match))
    below = sorted([*chosen[TOP_SIZE:], *later], key=_rank)
    return [*chosen[:TOP_SIZE], *below][:first]


def _rank(one: tuple[RoleCandidate, Match]) -> tuple[int, datetime, int]:
    candidate, match = one
    return -match.tenths, candidate.span.starts_at, candidate.role_id
