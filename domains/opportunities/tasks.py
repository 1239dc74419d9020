"""Periodic tasks of opportunities."""

from __future__ import annotations

from celery import shared_task

from domains.opportunities.services.close_ended import close_ended
from domains.opportunities.services.expire_offers import expire_offers
from domains.opportunities.services.remove_proposals import remove_old_proposals


@shared_task
def close_ended_opportunities() -> None:
    """Close opportunities that have ended."""
    close_ended()


@shared_task
def expire_overdue_offers() -> None:
    """Expire offers that were not answered in time, and offer their slots to the next."""
    expire_offers()


@shared_task
def remove_old_proposals_of_hours() -> int:
    """Remove proposed hours that nobody confirmed; return how many."""
    return remove_old_proposals()
