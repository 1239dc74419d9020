"""The mail that invites to a host, and what time does to opportunities."""

from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task

from domains.opportunities import services
from domains.opportunities.services.close_ended import close_ended
from domains.opportunities.services.expire_offers import expire_offers

_retry = {"autoretry_for": (SMTPException, OSError), "retry_backoff": True, "max_retries": 5}


@shared_task(**_retry)
def send_host_invitation_mail(membership_id: int) -> None:
    """Mail the key of an invitation."""
    services.mail_host_invitation(membership_id=membership_id)


@shared_task
def close_ended_opportunities() -> None:
    """Close what is over."""
    close_ended()


@shared_task
def expire_overdue_offers() -> None:
    """Pass on the offers that nobody answered in time."""
    expire_offers()
