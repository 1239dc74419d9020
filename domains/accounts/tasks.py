"""What is removed with time."""

from __future__ import annotations

from celery import shared_task

from domains.accounts import services


@shared_task
def remove_old_traces() -> None:
    """Remove attempts to sign up that nobody came back to, and networks that nobody was seen at for long."""
    services.forget_old_attempts()
    services.forget_old_networks()
