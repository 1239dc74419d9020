"""Mails about reports, and what time does to them."""

from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task
from django.utils import timezone

from domains.moderation import services

_retry = {"autoretry_for": (SMTPException, OSError), "retry_backoff": True, "max_retries": 5}


@shared_task(**_retry)
def send_content_reported_mails(report_id: int) -> None:
    """Tell the staff who may answer that a report waits."""
    services.mail_content_reported(report_id=report_id)


@shared_task
def remove_old_report_files() -> None:
    """Remove the copies of reported files whose time is over."""
    services.remove_old_report_files(now=timezone.now())
