"""Selectors for the slots in a volunteer's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, Subquery

from domains.accounts.models import User
from domains.opportunities.models import SLOT_HOLDING_STATUSES, Application, ApplicationHistory, ApplicationStatus

#: Statuses of applications that have ended.
ENDED_STATUSES = (
    ApplicationStatus.DECLINED,
    ApplicationStatus.WITHDRAWN,
    ApplicationStatus.CANCELLED,
    ApplicationStatus.EXPIRED,
)


@dataclass(frozen=True)
class CalendarSlot:
    """An application with a slot or an offer, or one that had it, read with its role, opportunity and host."""

    application: Application
    #: Time it came to its status; None if it has no history.
    moved_at: datetime | None


def find_calendar_slots(*, viewer: User, ends_after: datetime, ended_after: datetime, limit: int) -> list[CalendarSlot]:
    """Return the viewer's slots and offers in opportunities that end after `ends_after`, the first to begin first.

    Also those that were lost after `ended_after`.
    """
    moves = ApplicationHistory.objects.filter(application=OuterRef("pk"))
    has_slot = Q(status__in=SLOT_HOLDING_STATUSES)
    had_slot = Q(Exists(moves.filter(to_status__in=SLOT_HOLDING_STATUSES)))
    was_lost = Q(status__in=ENDED_STATUSES, moved_at__gt=ended_after) & had_slot
    mine = Application.objects.filter(volunteer=viewer, role__opportunity__end_date__gt=ends_after)
    found = (
        mine.annotate(moved_at=Subquery(moves.order_by("-at", "-pk").values("at")[:1]))
        .filter(has_slot | was_lost)
        .select_related("role__opportunity__host")
        .order_by("role__opportunity__start_date", "pk")
    )
    return [CalendarSlot(row, row.moved_at) for row in found[:limit]]  # type: ignore[attr-defined] # annotated above
