"""Expiring offers that were not answered in time."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from domains.base import bus
from domains.opportunities import facts
from domains.opportunities.models import Application, ApplicationStatus
from domains.opportunities.services.application_locks import lock_again
from domains.opportunities.services.moves import move
from domains.opportunities.transitions import Act


def expire_offers(*, now: datetime | None = None) -> int:
    """Each overdue offer is EXPIRED and its slot offered to the next on the waitlist. A system act; refuses nothing.

    Returns how many expired; `WaitlistQuerySet.expire_offers` says what happens to the others.
    """
    return Application.objects.all().expire_offers(_expire, now)


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
