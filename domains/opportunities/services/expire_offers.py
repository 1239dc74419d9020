"""Passing on the offers that nobody answered in time."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import OperationalError, transaction
from django.utils import timezone

from domains.base import bus
from domains.opportunities import facts
from domains.opportunities.models import Application, ApplicationStatus
from domains.opportunities.selectors import find_overdue_offers
from domains.opportunities.services.changes import lock_again
from domains.opportunities.services.moves import move
from domains.opportunities.transitions import Act

logger = logging.getLogger(__name__)


def expire_offers(*, now: datetime | None = None) -> int:
    """Each overdue offer is EXPIRED and its place offered to the next in line; a system act that refuses nothing.

    Returns how many expired. Each is a transaction of its own, so that it may be cut off, run twice or run by
    several workers at once; one that is busy just now is left to the next run.
    """
    now = now or timezone.now()
    expired = 0
    for application_id in find_overdue_offers(now=now).values_list("pk", flat=True):
        try:
            expired += _expire(application_id, now)
        except OperationalError as busy:
            logger.warning("offer %s was not expired, somebody holds its role: %s", application_id, busy)
        except Exception:
            # Whatever is wrong with one must not keep the others waiting for ever.
            logger.exception("offer %s could not be expired", application_id)
    return expired


@transaction.atomic
def _expire(application_id: int, now: datetime) -> bool:
    application = Application.objects.get(pk=application_id)
    role = lock_again(application=application, viewer=None)
    # It may have been answered, or passed on by another worker, while this waited for the lock.
    if application.status != ApplicationStatus.OFFERED:
        return False
    # Whoever came into the line while this waited came before it.
    at = max(now, timezone.now())
    moved = move(
        application=application, role=role, act=Act.EXPIRE, target=ApplicationStatus.EXPIRED, actor=None, now=at
    )
    bus.publish(facts.OfferExpired(application_id=application.pk, move_id=moved.pk))
    return True
