"""The waitlist: who waits for a slot, in which order, and how long a free slot is offered; one for roles and tickets.

A table with a waitlist stands on `Waitlisted`, its queryset on `WaitlistQuerySet`. The row that its column `SLOTS_OF`
points to counts the slots, and is locked whenever one of them changes. The domains decide who may have a slot, and
make the moves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import OperationalError, models, transaction
from django.db.models import Case, Count, IntegerField, Max, OuterRef, Q, Subquery, When
from django.utils import timezone

logger = logging.getLogger(__name__)

#: The statuses that every waitlist has. A row that is offered a slot may return to its position on the waitlist.
WAITLISTED, OFFERED = "WAITLISTED", "OFFERED"
#: How many waitlisted people the first query reads; each further one reads ten times as many, up to the maximum.
FIRST_BATCH_SIZE, MAX_BATCH_SIZE = 100, 10_000
#: Offers expire in a run once a minute; an offer whose slots are locked waits for the next run.
OFFER_EXPIRY_WINDOW = timedelta(minutes=15)


class Waitlisted(models.Model):
    """A row that may wait for a slot, and hold the offer of one; subclasses add a `status` with both."""

    #: The foreign key to the row that counts the slots; each such row has a waitlist of its own.
    SLOTS_OF: ClassVar[str]

    #: Decides the position on the waitlist; kept for the record after that.
    waitlisted_at = models.DateTimeField(null=True, blank=True)
    offer_expires_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        status: Any

    class Meta:
        abstract = True

    def is_overdue(self, now: datetime) -> bool:
        """Return whether this is an offer whose deadline has passed."""
        return self.status == OFFERED and self.offer_expires_at is not None and self.offer_expires_at <= now


W = TypeVar("W", bound=Waitlisted)


class WaitlistQuerySet(models.QuerySet[W]):
    """Rows of which some are on a waitlist."""

    def waiting_for(self, owner: models.Model) -> Self:
        """Return the waitlist of the owner of the slots, in order."""
        return self._of(owner).filter(Q(status=WAITLISTED)).order_by("waitlisted_at", "pk")

    def first_able(self, number: int, choose: Callable[[list[W]], list[W]]) -> list[W]:
        """Return the first rows that `choose` keeps, at most `number`.

        It is asked about many rows at once, so that the number of statements is bounded however many it leaves out,
        and about few of a long waitlist if it keeps the first.
        """
        found: list[W] = []
        start, size = 0, FIRST_BATCH_SIZE
        while len(found) < number and (rows := list(self[start : start + size])):
            found += choose(rows)
            if len(rows) < size:
                break
            start, size = start + size, min(10 * size, MAX_BATCH_SIZE)
        return found[:number]

    def offers_overdue(self, now: datetime) -> Self:
        """Return the offers whose deadline has passed, the oldest first."""
        return self.filter(Q(status=OFFERED), offer_expires_at__lte=now).order_by("offer_expires_at", "pk")

    def without_position(self) -> Self:
        """Return the waitlisted rows that have no time to decide their position; there must be none."""
        return self.filter(Q(status=WAITLISTED), waitlisted_at__isnull=True)

    def end_of_waitlist(self, owner: models.Model, now: datetime) -> datetime:
        """Return a `waitlisted_at` after all others on the owner's waitlist, even if the servers' clocks differ.

        The others are waitlisted, or have an offer and may return from it.
        """
        others = self._of(owner).filter(Q(status__in=(WAITLISTED, OFFERED)))
        last = others.aggregate(last=Max("waitlisted_at"))["last"]
        return now if last is None or last < now else last + timedelta(microseconds=1)

    def bring_offers_forward(self, latest: datetime) -> int:
        """No offer ends after `latest`; return how many would have. The caller has locked the owners of the slots."""
        return self.filter(Q(status=OFFERED), offer_expires_at__gt=latest).update(offer_expires_at=latest)

    def expire_offers(self, expire: Callable[[int, datetime], bool], now: datetime | None = None) -> int:
        """Call `expire` with the key of each overdue offer, and return how many it has expired.

        Each is a transaction of its own, so that a run may be interrupted, repeated or run by several workers at once;
        an offer whose slots are locked is left to the next run. `expire` returns False if the offer was answered
        meanwhile.
        """
        now = now or timezone.now()
        expired = 0
        for key in self.offers_overdue(now).values_list("pk", flat=True):
            try:
                with transaction.atomic():
                    expired += expire(key, now)
            except OperationalError as busy:
                logger.warning("offer %s was not expired, somebody holds its slots: %s", key, busy)
            except Exception:
                # An error in one offer must not block the others.
                logger.exception("offer %s could not be expired", key)
        return expired

    def _of(self, owner: models.Model) -> Self:
        return self.filter(Q((self.model.SLOTS_OF, owner)))


def offer_deadline(*, starts_at: datetime, ends_at: datetime, now: datetime) -> datetime:
    """Return the deadline of an offer that is made now."""
    lifetime: timedelta = settings.OFFER_LIFETIME
    return min(now + lifetime, latest_deadline(starts_at=starts_at, ends_at=ends_at, now=now))


def latest_deadline(*, starts_at: datetime, ends_at: datetime, now: datetime) -> datetime:
    """Return the latest end of an offer: the start of what it is for, or its end if it has begun."""
    return starts_at if starts_at > now else ends_at


def waitlist_position(model: type[Waitlisted]) -> Case:
    """Return the expression for a row's position on its waitlist, from 1; null if it is not waitlisted."""
    owner = model.SLOTS_OF
    is_not_after = Q(waitlisted_at__lt=OuterRef("waitlisted_at")) | Q(
        waitlisted_at=OuterRef("waitlisted_at"), pk__lte=OuterRef("pk")
    )
    same_waitlist = Q((owner, OuterRef(owner)), ("status", WAITLISTED))
    up_to_here = model._default_manager.filter(is_not_after, same_waitlist).order_by()
    position = up_to_here.values(owner).annotate(length=Count("pk")).values("length")
    return Case(When(Q(status=WAITLISTED), then=Subquery(position)), default=None, output_field=IntegerField(null=True))
