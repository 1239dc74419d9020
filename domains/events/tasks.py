"""Periodic tasks of events."""

from __future__ import annotations

from celery import shared_task

from domains.events.services.expire_ticket_offers import expire_ticket_offers


@shared_task
def expire_overdue_ticket_offers() -> None:
    """Expire offers that were not answered in time, and offer their slots to the next."""
    expire_ticket_offers()
