"""Publishing an event."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, Refused
from domains.events import facts
from domains.events.models import Event, EventStatus
from domains.events.services.create_event import IS_OVER
from domains.events.services.locks import lock_to_manage


@transaction.atomic
def publish_event(*, actor: User, event_id: int) -> Event:
    """The event is PUBLISHED: everybody sees it and may claim a ticket. A repeat changes nothing.

    Refuses with NOT_FOUND, FORBIDDEN, CONFLICT (canceled) and INVALID (it is over).
    """
    event = lock_to_manage(actor=actor, event_id=event_id, what="publish it")
    if event.status == EventStatus.PUBLISHED:
        return event
    if event.status == EventStatus.CANCELLED:
        message = "The event is canceled, so it can't be published. Create a new one."
        raise Refused.because(Code.CONFLICT, message, "event_id")
    if event.end_date <= timezone.now():
        raise Refused.because(Code.INVALID, IS_OVER, "end_date")
    event.status = EventStatus.PUBLISHED
    event.save(update_fields=["status", "updated_at"])
    bus.publish(facts.EventPublished(event_id=event.pk))
    return event
