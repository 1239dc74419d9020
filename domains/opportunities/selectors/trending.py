"""Opportunities with the most applicants lately."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from django.db.models import Count
from django.utils import timezone

from domains.accounts.models import User
from domains.base.cached import PUBLIC, Figures, get_or_compute
from domains.opportunities.models import Application, Opportunity

TRENDING_WINDOW = timedelta(days=14)
CACHE_SECONDS = 3600
#: More are counted than shown, because some close before the hour is over.
MAX_COUNTED = 500


def find_trending(*, viewer: User | None, first: int) -> list[int]:
    """Return the ids of the open opportunities with the most applicants in the last 14 days, the most first.

    The order is up to an hour old; whether an opportunity is still open is checked on each call.
    """
    counted = list(count_applicants())
    still_open = Opportunity.objects.visible_to(viewer).accepting_applications(timezone.now()).filter(pk__in=counted)
    open_now = set(still_open.values_list("pk", flat=True))
    return [key for key in counted if key in open_now][:first]


def count_applicants() -> dict[int, int]:
    """Return the number of recent applicants of the most wanted opportunities, the most first.

    The result is the same for every viewer and reveals only numbers.
    """
    rows = get_or_compute(what="trending", rights=PUBLIC, seconds=CACHE_SECONDS, compute=lambda: _count(timezone.now()))
    return dict(cast("list[tuple[int, int]]", rows))


def _count(now: datetime) -> Figures:
    recent = Application.objects.filter(
        submitted_at__gt=now - TRENDING_WINDOW, role__opportunity__in=Opportunity.objects.accepting_applications(now)
    )
    counted = (
        recent.values("role__opportunity")
        .annotate(people=Count("volunteer", distinct=True))
        .order_by("-people", "role__opportunity__start_date", "role__opportunity")
    )
    return [[row["role__opportunity"], row["people"]] for row in counted[:MAX_COUNTED]]
