"""Marking notifications as read."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import rates
from domains.base.errors import Code, NotFound, Refused
from domains.notifications.models import Notification
from domains.notifications.selectors import count_unread

MAX_AT_ONCE = 500
RATE_LIMIT, RATE_SECONDS = 120, 60


def mark_notifications_read(*, actor: User, notification_ids: Collection[int] | None, is_all: bool) -> int:
    """The given notifications, or all of the actor's, are read; returns how many are still unread.

    Those that were read before stay unchanged. Refuses with REQUIRED (neither was given), INVALID (both were),
    TOO_LONG (more than 500), NOT_FOUND (one of them is not the actor's; then none is read) and RATE_LIMITED.
    """
    if is_all and notification_ids is not None:
        raise Refused.because(Code.INVALID, "Name notifications, or say `all`, not both.", "all")
    if not is_all and not notification_ids:
        raise Refused.because(Code.REQUIRED, "Name the notifications, or say `all`.", "notification_ids")
    wanted = set(notification_ids or ())
    if len(wanted) > MAX_AT_ONCE:
        raise Refused.because(Code.TOO_LONG, f"Name at most {MAX_AT_ONCE} at once.", "notification_ids")
    rates.spend(what="mark_notifications_read", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    with transaction.atomic():
        own = Notification.objects.visible_to(actor)
        if wanted:
            own = own.filter(pk__in=wanted)
            if own.count() != len(wanted):
                raise NotFound("notification", "notification_ids")
        own.filter(read_at__isnull=True).update(read_at=timezone.now())
        return count_unread(viewer=actor)
