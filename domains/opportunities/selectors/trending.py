"""What many people applied for lately."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from django.db.models import Count
from django.utils import timezone

from domains.accounts.models import User
from domains.base.cached import PUBLIC, Figures, kept
from domains.opportunities.models import Application, Opportunity

LATELY = timedelta(days=14)
KEPT_SECONDS = 3600
#: Counted are more than are shown, because some close before the hour is over.
MAX_COUNTED = 500


def find_trending(*, viewer: User | None, first: int) -> list[int]:
    """Return the ids of what most people applied for in the last 14 days and is open still, the most wanted first.

    The order is up to an hour old; what is in it is looked at anew.
    """
    counted = list(count_applicants())
    standing = Opportunity.objects.visible_to(viewer).taking_people(timezone.now()).filter(pk__in=counted)
    open_now = set(standing.values_list("pk", flat=True))
    return [key for key in counted if key in open_now][:first]


def count_applicants() -> dict[int, int]:
    """Return how many people applied lately for each of the most wanted opportunities, the most wanted first.

    It tells of everybody's applications no more than their number, which is the same whoever asks.
    """
    rows = kept(what="trending", rights=PUBLIC, seconds=KEPT_SECONDS, find=lambda: _count(timezone.now()))
    return dict(cast("list[tuple[int, int]]", rows))


def _count(now: datetime) -> Figures:
    lately = Application.objects.filter(
        submitted_at__gt=now - LATELY, role__opportunity__in=Opportunity.objects.taking_people(now)
    )
    counted = (
        lately.values("role__opportunity")
        .annotate(people=Count("volunteer", distinct=True))
        .order_by("-people", "role__opportunity__start_date", "role__opportunity")
    )
    return [[row["role__opportunity"], row["people"]] for row in counted[:MAX_COUNTED]]
