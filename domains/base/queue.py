"""The durable queue: rows that are claimed, handled once, and retried or parked.

Every queue of this server is a table on `Claimable`: the outbox, mails, deliveries of notifications, resumes.
Nothing waits in memory, so a crash loses nothing. A claim is a lease in the row: if the process that claimed it dies,
another claims the row when the lease is over. A handler therefore runs at least once, and twice only after a crash.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

logger = logging.getLogger(__name__)

#: How long one `drain` goes on; what is left waits for the next.
DRAIN_SECONDS = 15
MAX_ERROR_LENGTH = 200


class Claimable(models.Model):
    """A row of a durable queue; subclasses add what it is about, and an index on `due_at` of the rows that wait."""

    #: After this number of attempts a row is parked: it stays in the table until staff look at it.
    MAX_ATTEMPTS: ClassVar[int] = 8
    #: How long a claim lasts; longer than one attempt may take.
    LEASE: ClassVar = timedelta(minutes=5)
    #: The pause after the first failed attempt; it doubles with each further one.
    RETRY_AFTER: ClassVar = timedelta(minutes=1)

    #: When the row may be claimed: at first, after a failure, or when the lease of its claim is over.
    due_at = models.DateTimeField(default=timezone.now)
    #: How many attempts were begun.
    attempts = models.PositiveSmallIntegerField(default=0)
    #: What the last attempt failed with; empty while an attempt runs.
    last_error = models.CharField(max_length=MAX_ERROR_LENGTH, blank=True)
    #: When it was handled, or found to be no longer wanted.
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def retry_at(self) -> datetime:
        """When the row is due again if the present attempt fails."""
        doubled: int = 2 ** max(self.attempts - 1, 0)
        return timezone.now() + self.RETRY_AFTER * doubled


C = TypeVar("C", bound=Claimable)


class Unfinished(Exception):
    """The handler did a part of the work and stopped, so that others get their turn; the rest is due now."""


class LeaseExpired(Exception):
    """The attempt took longer than its lease, so another process may have claimed the row."""


def waiting(rows: QuerySet[C]) -> QuerySet[C]:
    """Return the rows that are still to be handled, due or not."""
    return rows.filter(done_at__isnull=True, attempts__lt=rows.model.MAX_ATTEMPTS)


def parked(rows: QuerySet[C]) -> QuerySet[C]:
    """Return the rows that were given up: their last attempt failed, or its worker died."""
    has_ended = ~Q(last_error="") | Q(due_at__lte=timezone.now())
    return rows.filter(has_ended, done_at__isnull=True, attempts__gte=rows.model.MAX_ATTEMPTS)


def claim(rows: QuerySet[C]) -> C | None:
    """Claim the row that has been due for longest and return it; None if none is due.

    No other process claims it until the lease is over. The attempt is counted now, so that a row that kills its
    worker each time is parked like one that fails.
    """
    with transaction.atomic():
        due = waiting(rows).filter(due_at__lte=timezone.now()).order_by("due_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        row = due.first()
        if row is not None:
            row.attempts += 1
            row.due_at, row.last_error = timezone.now() + row.LEASE, ""
            row.save(update_fields=["attempts", "due_at", "last_error"])
        return row


def check_claim(row: Claimable) -> None:
    """Raise LeaseExpired if the lease is over; call it right before a step that cannot be undone."""
    if timezone.now() >= row.due_at:
        raise LeaseExpired


def finish(row: Claimable, **columns: Any) -> None:
    """Mark the row as handled, with further columns of its own, unless another process has claimed it meanwhile."""
    _claimed(row).update(done_at=timezone.now(), last_error="", **columns)


def record_failure(row: Claimable, error: Exception) -> None:
    """Make the row due again later and keep the error, unless another process has claimed it meanwhile."""
    _claimed(row).update(due_at=row.retry_at, last_error=repr(error)[:MAX_ERROR_LENGTH])


def drain(rows: QuerySet[C], handle: Callable[[C], Any], *, seconds: float = DRAIN_SECONDS) -> int:
    """Claim and handle rows, one at a time, until none is due or the time is over; return how many were claimed.

    `handle` returns a dict of further columns for `finish`, or None. Whatever it raises is kept in the row, which is
    retried later and parked in the end: one bad row holds up none of the others. Safe in many processes at once.
    """
    claimed, deadline = 0, time.monotonic() + seconds
    while time.monotonic() < deadline and (row := claim(rows)) is not None:
        claimed += 1
        attempt(row, handle)
    return claimed


def attempt(row: C, handle: Callable[[C], Any]) -> bool:
    """Handle a claimed row and mark it as handled, or keep the error for the next attempt; tell whether it was."""
    try:
        columns = handle(row)
    except LeaseExpired:
        return False
    except Unfinished:
        _claimed(row).update(due_at=timezone.now(), attempts=row.attempts - 1)
        return False
    except Exception as error:
        logger.exception("%s %s failed at attempt %s", type(row).__name__, row.pk, row.attempts)
        record_failure(row, error)
        return False
    finish(row, **(columns or {}))
    return True


def make_due(rows: QuerySet[C]) -> None:
    """Make every row that waits due now, claimed or not; for the start of a server that is alone with its database."""
    waiting(rows).update(due_at=timezone.now())


def requeue(rows: QuerySet[C]) -> int:
    """Give the rows all their attempts again and make them due, handled ones too; return how many."""
    return rows.update(attempts=0, due_at=timezone.now(), done_at=None, last_error="")


def _claimed(row: Claimable) -> QuerySet[Any]:
    """Return the row, if it is still under the claim by which it was read."""
    return type(row)._default_manager.filter(pk=row.pk, attempts=row.attempts, due_at=row.due_at)
