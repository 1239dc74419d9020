"""Canceling an event."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, Refused
from domains.events import facts
from domains.events.models import LIVE_TICKET_STATUSES, Event, EventStatus, EventTicket, TicketStatus
from domains.events.services.changes import record_change
from domains.events.services.locks import lock_event, lock_to_manage
from domains.opportunities.services.values import clean_note

MAX_REASON_LENGTH = Event._meta.get_field("cancelled_reason").max_length or 0


@transaction.atomic
def cancel_event(*, actor: User, event_id: int, reason: str = "") -> Event:
    """The event and its live tickets are CANCELLED, and everybody with one is notified once. A repeat changes nothing.

    Refuses with NOT_FOUND, FORBIDDEN, TOO_LONG and INVALID (the reason), and CONFLICT (a draft, or over already).
    """
    reason = clean_note(reason, max_length=MAX_REASON_LENGTH, field="reason")
    event = lock_to_manage(actor=actor, event_id=event_id, what="cancel it")
    cancel(event, actor=actor, reason=reason)
    return event


@transaction.atomic
def cancel_by_staff(*, event_id: int, reason: str) -> Event:
    """The event is canceled as by its managers, for staff who have the right to change events; same refusals."""
    event = lock_event(viewer=None, event_id=event_id)
    reason = clean_note(reason, max_length=MAX_REASON_LENGTH, field="reason")
    cancel(event, actor=None, reason=reason, is_by_staff=True)
    return event


def cancel(event: Event, *, actor: User | None, reason: str, is_by_staff: bool = False) -> None:
    """The locked event and its live tickets are CANCELLED; refuses with CONFLICT. A repeat changes nothing."""
    if event.status == EventStatus.CANCELLED:
        return
    tickets = EventTicket.objects.filter(event=event, status__in=LIVE_TICKET_STATUSES)
    # Check-in holds only the ticket's lock: the tickets that it has locked are canceled after it.
    list(tickets.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    now = timezone.now()
    if event.status == EventStatus.DRAFT:
        message = "The event is a draft, which only its organizers see. There is nothing to cancel."
        raise Refused.because(Code.CONFLICT, message, "event_id")
    if event.end_date <= now:
        raise Refused.because(Code.CONFLICT, "The event is over, so it can't be canceled.", "event_id")
    before = {"status": event.status.value, "cancelled_reason": event.cancelled_reason}
    event.status, event.cancelled_reason, event.cancelled_at = EventStatus.CANCELLED, reason, now
    event.tickets_taken, event.revision = 0, event.revision + 1
    event.save(update_fields=["status", "cancelled_reason", "cancelled_at", "tickets_taken", "revision", "updated_at"])
    tickets.update(status=TicketStatus.CANCELLED, cancelled_at=now, offer_expires_at=None)
    after: dict[str, Any] = {"status": event.status.value, "cancelled_reason": reason}
    if is_by_staff:
        after["by_staff"] = True
    change = record_change(event=event, actor=actor, before=before, after=after, now=now)
    bus.publish(facts.EventCancelled(event_id=event.pk, change_id=change.pk))
