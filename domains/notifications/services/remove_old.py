"""Removing old notifications."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from domains.notifications.models import Digest, Notification

READ_RETENTION, RETENTION = timedelta(days=90), timedelta(days=365)
BATCH_SIZE = 1000


def remove_old() -> int:
    """Read notifications are removed 90 days after they were made, all others after a year; returns how many.

    A system act; it removes a batch at a time, so that its locks stay short.
    """
    now, removed = timezone.now(), 0
    is_old = Q(created_at__lt=now - RETENTION) | Q(created_at__lt=now - READ_RETENTION, read_at__isnull=False)
    while batch := list(Notification.objects.filter(is_old).values_list("pk", flat=True)[:BATCH_SIZE]):
        Notification.objects.filter(pk__in=batch).delete()
        removed += len(batch)
    Digest.objects.filter(day__lt=(now - RETENTION).date()).delete()
    return removed
