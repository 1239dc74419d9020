"""How what is to go out goes out once: it is claimed, sent, marked.

A claim is a lease in the row itself. Whoever dies after it leaves the row to the next one once the lease is over, so
that a crash between sending and marking repeats that one at the most.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from domains.notifications.models import Posting

logger = logging.getLogger(__name__)

P = TypeVar("P", bound=Posting)
#: So long one task goes on; what is left is the next one's.
SECONDS = 15


class ClaimIsOver(Exception):
    """Whoever claimed it was held up for so long that it is somebody else's by now."""


def drain(postings: QuerySet[P], send: Callable[[P], bool]) -> int:
    """Claim and send what is due, one by one, until there is no more or the time is over; return how many were tried.

    `send` says whether it sent anything, or found that nothing is wanted any more. Whatever it fails with is noted
    in the row, which is tried again later and parked after the last try: it holds up none of the others.
    """
    tried, until = 0, time.monotonic() + SECONDS
    while time.monotonic() < until and (posting := claim(postings)) is not None:
        tried += 1
        try:
            is_sent = send(posting)
        except ClaimIsOver:
            continue
        except Exception as error:
            logger.exception("%s %s could not be sent", type(posting).__name__, posting.pk)
            _note_failure(posting, error)
        else:
            _mark(posting, is_sent=is_sent)
    return tried


def claim(postings: QuerySet[P]) -> P | None:
    """Return one that is due, taken for a while; nobody else gets it in that time."""
    with transaction.atomic():
        due = postings.filter(
            done_at__isnull=True, due_at__lte=timezone.now(), attempts__lt=Posting.MAX_ATTEMPTS
        ).order_by("due_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        posting = due.first()
        if posting is not None:
            # Counted before it is tried: one that kills its sender each time is parked too.
            posting.attempts += 1
            posting.due_at = timezone.now() + posting.LEASE
            posting.save(update_fields=["attempts", "due_at"])
        return posting


def check_claim(posting: Posting) -> None:
    """Raise ClaimIsOver if it may be somebody else's by now; to be asked last before it goes out."""
    if timezone.now() >= posting.due_at:
        raise ClaimIsOver


def _mark(posting: Posting, *, is_sent: bool) -> None:
    rows = type(posting)._default_manager.filter(pk=posting.pk)
    rows.update(done_at=timezone.now(), is_sent=is_sent, last_error="")


def _note_failure(posting: Posting, error: Exception) -> None:
    # Only under one's own claim: another's may be on its way already.
    own = type(posting)._default_manager.filter(pk=posting.pk, due_at=posting.due_at)
    own.update(due_at=posting.retry_at, last_error=repr(error)[:200])
