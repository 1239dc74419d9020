"""Scheduled tasks of messaging."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from domains.messaging import services


@shared_task
def remove_unsent_attachments() -> None:
    """Remove files that were never sent, and files without a row."""
    services.remove_unsent_attachments(now=timezone.now())
