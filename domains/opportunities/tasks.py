"""What time does to opportunities."""

from __future__ import annotations

from celery import shared_task

from domains.opportunities.services.close_ended import close_ended
from domains.opportunities.services.expire_offers import expire_offers


@shared_task
def close_ended_opportunities() -> None:
    """Close what is over."""
    close_ended()


@shared_task
def expire_overdue_offers() -> None:
    """Pass on the offers that nobody answered in time."""
    expire_offers()
