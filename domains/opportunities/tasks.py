"""Mails that opportunities send, and what time does to them."""

from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task

from domains.opportunities import services
from domains.opportunities.services.close_ended import close_ended

_retry = {"autoretry_for": (SMTPException, OSError), "retry_backoff": True, "max_retries": 5}


@shared_task(**_retry)
def send_application_received_mails(application_id: int) -> None:
    """Tell the host's owners and coordinators about a new application."""
    services.mail_application_received(application_id=application_id)


@shared_task(**_retry)
def send_application_decided_mail(move_id: int) -> None:
    """Tell the volunteer about a decision."""
    services.mail_application_decided(move_id=move_id)


@shared_task(**_retry)
def send_hours_reviewed_mail(hours_entry_id: int) -> None:
    """Tell the volunteer about a review of hours."""
    services.mail_hours_reviewed(hours_entry_id=hours_entry_id)


@shared_task
def close_ended_opportunities() -> None:
    """Close what is over."""
    close_ended()
