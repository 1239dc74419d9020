"""Periodic tasks of reports."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from domains.moderation import services


@shared_task
def remove_old_reports() -> None:
    """Remove the reports that were answered long ago, with their evidence."""
    services.remove_old_reports(now=timezone.now())
