"""Expiring offers that were not answered in time."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import OperationalError, transaction
from django.utils import timezone

from domains.base import bus
from domains.opportunities import facts
from domains.opportunities.models import Application, ApplicationStatus
from domains.opportunities.selectors import find_overdue_offers
from domains.opportunities.services.application_locks import lock_again
from domains.opportunities.services.moves import move
from domains.opportunities.transitions import Act

logger = logging.getLogger(__name__)


def expire_offers(*, now: datetime | None = None) -> int:
    """Each overdue offer is EXPIRED and its slot offered to the next on the waitlist. A system act; refuses nothing.

    Returns how many expired. Each is a transaction of its own, so that a run may be interrupted, repeated or run by
    several workers at once; an offer whose role is locked is left to the next run.
    """
    now = now or timezone.now()
    expired = 0
    for application_id in find_overdue_offers(now=now).values_list("pk", flat=True):
        try:
            expired += _expire(application_id, now)
        except OperationalError as busy:
            logger.warning("offer %s was not expired, somebody holds its role: %s", application_id, busy)
        except Exception:
            # An error in one offer must not block the others.
            logger.exception("offer %s could not be expired", application_id)
    return expired


@transaction.atomic
def _expire(application_id: int, now: datetime) -> bool:
    application = Application.objects.get(pk=application_id)
    role = lock_again(application=application, viewer=None)
    # The volunteer may have answered, or another worker expired it, while this waited for the lock.
    if application.status != ApplicationStatus.OFFERED:
        return False
    # Not before the moves of volunteers who joined the waitlist while this waited for the lock.
    at = max(now, timezone.now())
    moved = move(
        application=application, role=role, act=Act.EXPIRE, target=ApplicationStatus.EXPIRED, actor=None, now=at
    )
    bus.publish(facts.OfferExpired(application_id=application.pk, move_id=moved.pk))
    return True
