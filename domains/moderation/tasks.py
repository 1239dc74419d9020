"""Mails about reports."""

from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task

from domains.moderation import services

_retry = {"autoretry_for": (SMTPException, OSError), "retry_backoff": True, "max_retries": 5}


@shared_task(**_retry)
def send_content_reported_mails(report_id: int) -> None:
    """Tell the staff who may answer that a report waits."""
    services.mail_content_reported(report_id=report_id)
