"""Finding and locking the rows that a service changes, until the transaction ends.

All services lock in one order, so that two never wait for each other: people by their keys, the event, then its
tickets by their keys. Slots are counted under the event's lock. Check-in locks tickets only, never the event.
SQLite ignores the locks, but runs its transactions one at a time.
"""

from __future__ import annotations

from django.db import connection

from domains.accounts.models import User
from domains.base.errors import NotAllowed, NotFound
from domains.events import policies
from domains.events.models import Event


def lock_event(*, viewer: User | None, event_id: int) -> Event:
    """Lock and return the event, if the viewer may see it; None as viewer is the system. Refuses with NOT_FOUND."""
    if not connection.in_atomic_block:
        raise RuntimeError("a lock outside a transaction protects nothing")
    locked = Event.objects.select_for_update(no_key=True, of=("self",)).filter(pk=event_id).first()
    # Read in another statement: what the lock waited for may have changed who sees it.
    is_seen = viewer is None or Event.objects.visible_to(viewer).filter(pk=event_id).exists()
    if locked is None or not is_seen:
        raise NotFound("event", "event_id")
    return locked


def lock_to_manage(*, actor: User, event_id: int, what: str) -> Event:
    """Lock and return the event for one of its managers; `what` ends the sentence of the refusal.

    Refuses with NOT_FOUND and FORBIDDEN.
    """
    event = lock_event(viewer=actor, event_id=event_id)
    if not policies.can_manage_event(actor, event):
        raise NotAllowed(f"Only the organizers of the event may {what}.")
    return event
