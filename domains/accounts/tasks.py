"""Tasks of accounts: what is done on schedule, and what takes long."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from domains.accounts import services


@shared_task
def remove_old_traces() -> None:
    """Remove what is old: requests, attempts to sign up, networks, exports, proofs of erasures; and stray pictures."""
    services.remove_old_attempts()
    services.remove_old_changes()
    services.remove_old_resets()
    services.remove_old_networks()
    services.remove_old_setups()
    services.remove_old_codes(now=timezone.now())
    services.remove_expired_tokens()
    services.remove_stray_pictures(now=timezone.now())
    services.remove_old_exports(now=timezone.now())
    services.remove_old_erasures()


@shared_task
def remove_old_uploads() -> None:
    """Remove files that were sent and that nothing used."""
    services.remove_old_uploads(now=timezone.now())


@shared_task
def fetch_provider_picture(user_id: int) -> None:
    """Give the person the picture of their provider."""
    services.fetch_provider_picture(user_id=user_id)


@shared_task
def erase_deleted_accounts() -> int:
    """Erase what is stored about the people who deleted their accounts."""
    return services.erase_deleted_accounts()


@shared_task
def make_due_exports() -> int:
    """Make the copies of their data that people asked for."""
    return services.make_due_exports()
