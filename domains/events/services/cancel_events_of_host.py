"""Canceling the events of an organization that nobody runs any more."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.events.models import Event, EventStatus
from domains.events.services.cancel_event import cancel
from domains.events.services.locks import lock_event

REASON = "The organization is no longer in this community."


def cancel_events_of_host(*, host_id: int) -> None:
    """The host's published events that are not over are canceled, and its drafts are removed.

    A system act, one transaction for each event; safe to run twice.
    """
    events = Event.objects.filter(organization=host_id)
    events.filter(status=EventStatus.DRAFT).delete()
    to_come = events.filter(status=EventStatus.PUBLISHED, end_date__gt=timezone.now())
    for event_id in list(to_come.order_by("pk").values_list("pk", flat=True)):
        _cancel(event_id)


@transaction.atomic
def _cancel(event_id: int) -> None:
    event = lock_event(viewer=None, event_id=event_id)
    if event.end_date > timezone.now():
        cancel(event, actor=None, reason=REASON)
