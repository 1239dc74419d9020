"""Removing proposed hours that nobody can or will confirm any more."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from domains.opportunities.models import HoursEntry, HoursEntryQuerySet, HoursStatus

logger = logging.getLogger(__name__)

#: How long after their end hours stay proposed without being confirmed. The volunteer may still log them afterwards.
PROPOSAL_LIFETIME = timedelta(days=60)


def remove_overlapping_proposals(entry: HoursEntry) -> None:
    """Other proposals to the volunteer at the time of this entry are removed: the volunteer has said what they did.

    The caller has locked the volunteer.
    """
    proposed = _find_proposed().filter(volunteer=entry.volunteer_id).exclude(pk=entry.pk)
    _remove(proposed.at_the_time_of(entry.started_at, entry.ended_at).select_for_update())


def remove_proposals(*, application_ids: Collection[int]) -> None:
    """The proposals of these applications are removed, because the applications have ended. A system act.

    The caller has locked the applications, in a transaction.
    """
    _remove(_find_proposed().filter(application__in=application_ids).select_for_update())


@transaction.atomic
def remove_old_proposals(*, now: datetime | None = None) -> int:
    """Proposals that were not confirmed for too long are removed; returns how many. A system act.

    Those that somebody is changing at this moment are left to the next run.
    """
    old = _find_proposed().filter(ended_at__lt=(now or timezone.now()) - PROPOSAL_LIFETIME)
    removed = _remove(old.select_for_update(skip_locked=True))
    if removed:
        logger.info("%s proposals of hours were removed, because nobody confirmed them in time", removed)
    return removed


def _find_proposed() -> HoursEntryQuerySet:
    return HoursEntry.objects.filter(status=HoursStatus.PROPOSED)


def _remove(proposed: QuerySet[HoursEntry]) -> int:
    """Remove what is still proposed once it is locked, and return how many: another process may confirm one."""
    keys = list(proposed.order_by("pk").values_list("pk", flat=True))
    if keys:
        HoursEntry.objects.filter(pk__in=keys).delete()
    return len(keys)
