"""What must always hold of deliveries. The database itself ensures that no person is notified twice of one thing.

A delivery that failed its last attempt is no violation: some addresses take no mail.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from domains.base import queue
from domains.base.audit import invariant
from domains.notifications.models import Delivery, Digest, MailDelivery, PushDelivery

D = TypeVar("D", bound=Delivery)

#: Due deliveries are looked for at least every minute; a claim that a crash left expires sooner, too.
SEND_WINDOW = timedelta(minutes=15)


@invariant
def mails_are_not_stuck() -> QuerySet[MailDelivery]:
    """A mail that is due is tried within a quarter of an hour."""
    return _stuck(MailDelivery.objects.all())


@invariant
def daily_mails_are_not_stuck() -> QuerySet[Digest]:
    """A daily mail that is due is tried within a quarter of an hour."""
    return _stuck(Digest.objects.all())


@invariant
def pushes_are_not_stuck() -> QuerySet[PushDelivery]:
    """A push that is due is tried within a quarter of an hour, on a server that has a push key."""
    pushes = PushDelivery.objects.all()
    return _stuck(pushes) if settings.WEB_PUSH_PRIVATE_KEY else pushes.none()


def _stuck(deliveries: QuerySet[D]) -> QuerySet[D]:
    return queue.waiting(deliveries).filter(due_at__lt=timezone.now() - SEND_WINDOW)
