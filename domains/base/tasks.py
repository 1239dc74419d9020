"""Scheduled tasks of the base: the relay of the outbox, mails, and cleanup."""

from __future__ import annotations

from celery import shared_task

from domains.base import bus, mail


@shared_task
def relay_outbox() -> int:
    """Deliver the facts that a crash or a failed listener left undelivered."""
    return bus.deliver_overdue()


@shared_task
def send_due_mails() -> int:
    """Send the mails about accounts, invitations and reports that are due."""
    return mail.send_due()


@shared_task
def prune_outbox() -> int:
    """Remove outbox entries and mails that were handled long ago."""
    return bus.prune_delivered() + mail.remove_sent()
