"""What must always hold of what is to go out. That nobody is told one thing twice, the database itself sees to.

What was given up after its last try is no violation: there are addresses that take no mail.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from domains.base import queue
from domains.base.audit import holds_without
from domains.notifications.models import Delivery, Digest, MailDelivery, PushDelivery

D = TypeVar("D", bound=Delivery)

#: What is due is looked for every minute at least; a claim that a crash left is over before that, too.
SENT_WITHIN = timedelta(minutes=15)


@holds_without
def mails_are_not_stuck() -> QuerySet[MailDelivery]:
    """A mail that is due is tried within a quarter of an hour."""
    return _stuck(MailDelivery.objects.all())


@holds_without
def daily_mails_are_not_stuck() -> QuerySet[Digest]:
    """A daily mail that is due is tried within a quarter of an hour."""
    return _stuck(Digest.objects.all())


@holds_without
def pushes_are_not_stuck() -> QuerySet[PushDelivery]:
    """A push that is due is tried within a quarter of an hour, on a server that has the key to it."""
    pushes = PushDelivery.objects.all()
    return _stuck(pushes) if settings.WEB_PUSH_PRIVATE_KEY else pushes.none()


def _stuck(deliveries: QuerySet[D]) -> QuerySet[D]:
    return queue.waiting(deliveries).filter(due_at__lt=timezone.now() - SENT_WITHIN)
