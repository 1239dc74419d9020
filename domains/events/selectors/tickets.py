"""Questions about events and tickets."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count

from domains.accounts.models import User
from domains.events.models import EventTicket


def count_attended(*, viewer: User | None, attendee_ids: Collection[int]) -> dict[int, int]:
    """Return at how many events each of the people was let in, as far as the viewer may see it."""
    attended = EventTicket.objects.visible_to(viewer).filter(attendee__in=attendee_ids, check_in_time__isnull=False)
    return dict(attended.order_by().values_list("attendee").annotate(Count("event", distinct=True)))
