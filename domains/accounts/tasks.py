"""Mails that accounts send, and what is removed with time."""

from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task

from domains.accounts import services

_retry = {"autoretry_for": (SMTPException, OSError), "retry_backoff": True, "max_retries": 5}


@shared_task(**_retry)
def send_verification_mail(attempt_id: int) -> None:
    """Mail the key that proves the address."""
    services.send_verification_mail(attempt_id=attempt_id)


@shared_task(**_retry)
def send_account_exists_mail(user_id: int) -> None:
    """Tell the owner of an address that somebody tried to sign up with it."""
    services.send_account_exists_mail(user_id=user_id)


@shared_task
def remove_old_traces() -> None:
    """Remove attempts to sign up that nobody came back to, and networks that nobody was seen at for long."""
    services.forget_old_attempts()
    services.forget_old_networks()
