"""Closing opportunities that have ended."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from domains.opportunities.models import Opportunity, OpportunityStatus
from domains.opportunities.selectors import find_ended

BATCH_SIZE = 500
REASON = "It is over."


def close_ended(*, now: datetime | None = None) -> int:
    """Open opportunities that have ended are CLOSED, with the reason; a system act that refuses nothing.

    Returns how many were closed. Each batch is a transaction of its own: if it runs twice, or is interrupted and run
    again, it closes each once.
    """
    now = now or timezone.now()
    closed = 0
    while batch := _close_batch(now):
        closed += batch
    return closed


@transaction.atomic
def _close_batch(now: datetime) -> int:
    # Skip rows that another transaction has locked; the next run closes them if they are still open.
    ended = find_ended(now=now).select_for_update(skip_locked=True)[:BATCH_SIZE]
    return Opportunity.objects.filter(pk__in=[row.pk for row in ended.only("pk")]).update(
        status=OpportunityStatus.CLOSED, closed_reason=REASON, updated_at=now
    )
