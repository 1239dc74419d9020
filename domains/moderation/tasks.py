"""Periodic tasks of reports."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from domains.moderation import services


@shared_task
def remove_old_report_files() -> None:
    """Remove the copies of reported files that are no longer needed."""
    services.remove_old_report_files(now=timezone.now())
