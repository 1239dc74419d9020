"""Selectors for the slots that volunteers hold, and which of them overlap."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from domains.opportunities.eligibility import HeldSlot, Span, overlapping
from domains.opportunities.models import Application, ApplicationStatus, Opportunity, OpportunityStatus
from domains.opportunities.selectors.changes import CURRENT_SLOT_STATUSES


def find_held_slots(*, volunteer_ids: Collection[int], now: datetime) -> dict[int, list[HeldSlot]]:
    """Return, by volunteer, their slots in opportunities that are neither over nor cancelled; a system question.

    An unanswered offer does not count as a held slot.
    """
    held: dict[int, list[HeldSlot]] = {}
    rows = (
        Application.objects.filter(
            volunteer__in=volunteer_ids, status=ApplicationStatus.ACCEPTED, role__opportunity__end_date__gt=now
        )
        .exclude(role__opportunity__status=OpportunityStatus.CANCELLED)
        .order_by("role__opportunity__start_date", "pk")
        .values_list(
            "volunteer_id",
            "role_id",
            "role__title",
            "role__opportunity__title",
            "role__opportunity__host_id",
            "role__opportunity__start_date",
            "role__opportunity__end_date",
        )
    )
    for volunteer_id, role_id, role_title, title, host_id, starts_at, ends_at in rows:
        slot = HeldSlot(role_id, role_title, title, host_id, Span(starts_at, ends_at))
        held.setdefault(volunteer_id, []).append(slot)
    return held


def find_collisions(
    *, opportunity: Opportunity, volunteer_ids: Collection[int], now: datetime
) -> dict[int, list[HeldSlot]]:
    """Return, by volunteer, the slots they hold elsewhere that overlap a slot they hold in the opportunity.

    Volunteers without overlaps are left out. An offer in the opportunity counts as held, so that the
    volunteer learns which slot overlaps it. A system question.
    """
    span = Span(opportunity.start_date, opportunity.end_date)
    held = find_held_slots(volunteer_ids=volunteer_ids, now=now)
    here = Application.objects.filter(
        volunteer__in=volunteer_ids, role__opportunity=opportunity, status__in=CURRENT_SLOT_STATUSES
    )
    collisions: dict[int, list[HeldSlot]] = {}
    for volunteer_id, role_id in here.order_by("pk").values_list("volunteer_id", "role_id"):
        known = collisions.setdefault(volunteer_id, [])
        found = overlapping(held.get(volunteer_id, ()), role_id=role_id, span=span)
        known += [slot for slot in found if slot not in known]
    return {volunteer_id: slots for volunteer_id, slots in collisions.items() if slots}
