"""Scheduled tasks of accounts."""

from __future__ import annotations

from celery import shared_task

from domains.accounts import services


@shared_task
def remove_old_traces() -> None:
    """Remove old attempts to sign up, old requests of other kinds, and networks that have not been used for long."""
    services.remove_old_attempts()
    services.remove_old_changes()
    services.remove_old_resets()
    services.remove_old_networks()
    services.remove_old_setups()
