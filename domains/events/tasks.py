"""Tasks of events."""

from __future__ import annotations

from celery import shared_task
from django.db import DatabaseError

from domains.events import services
from domains.events.services.expire_ticket_offers import expire_ticket_offers


@shared_task
def expire_overdue_ticket_offers() -> None:
    """Expire offers that were not answered in time, and offer their slots to the next."""
    expire_ticket_offers()


@shared_task(autoretry_for=(DatabaseError,), retry_backoff=True, max_retries=5)
def propose_hours(event_id: int, ticket_ids: list[int]) -> None:
    """Propose hours to the volunteers among these attendees."""
    services.propose_hours(event_id=event_id, ticket_ids=ticket_ids)


@shared_task
def propose_hours_of_ended_events() -> int:
    """Propose hours at the events that have ended; return at how many."""
    return services.propose_hours_of_ended_events()
