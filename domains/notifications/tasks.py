"""Tasks that make notifications and send due deliveries."""

from __future__ import annotations

from celery import shared_task
from django.db import DatabaseError

from domains.notifications import services

_retry = {"autoretry_for": (DatabaseError,), "retry_backoff": True, "max_retries": 5}


@shared_task(**_retry)
def notify_by_template(template: str, source_id: int) -> None:
    """Notify the people whom the row concerns."""
    services.notify_by_template(template=template, source_id=source_id)


@shared_task
def send_due_mails() -> None:
    """Send the mails that are due: new ones, failed ones, and ones that a crash left."""
    services.send_due_mails()


@shared_task
def send_due_pushes() -> None:
    """Send the pushes that are due."""
    services.send_due_pushes()


@shared_task
def send_digests() -> None:
    """Send the daily mails."""
    services.send_digests()


@shared_task
def remove_old_notifications() -> None:
    """Remove old notifications."""
    services.remove_old()
