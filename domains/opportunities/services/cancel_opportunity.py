"""Cancelling an opportunity."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, Refused
from domains.opportunities import facts
from domains.opportunities.models import (
    LIVE_APPLICATION_STATUSES,
    Application,
    ApplicationStatus,
    Opportunity,
    OpportunityKind,
    OpportunityStatus,
)
from domains.opportunities.services.announcements import record_change
from domains.opportunities.services.close_opportunity import clean_reason
from domains.opportunities.services.locks import lock_opportunity
from domains.opportunities.services.moves import cancel_all


@transaction.atomic
def cancel_opportunity(*, actor: User, opportunity_id: int, reason: str = "") -> Opportunity:
    """The opportunity is CANCELLED, and so is every live application: its slot is free, its volunteer notified.

    COMPLETED applications stay. A repeat changes nothing. Refuses with NOT_FOUND, FORBIDDEN, TOO_LONG (the
    reason) and CONFLICT (a draft, an EXTERNAL listing, or over already).
    """
    reason = clean_reason(reason)
    opportunity = lock_opportunity(actor=actor, opportunity_id=opportunity_id, what="call its opportunities off")
    cancel(opportunity, actor=actor, reason=reason)
    return opportunity


def cancel(opportunity: Opportunity, *, actor: User | None, reason: str) -> None:
    """The locked opportunity and its live applications are CANCELLED; refuses with CONFLICT.

    A repeat changes nothing. Without an actor, the history says that staff did it.
    """
    if opportunity.status == OpportunityStatus.CANCELLED:
        return
    _lock_roles(opportunity)
    # Read the clock under the locks: moves that others made before then are earlier.
    now = timezone.now()
    if refusal := _find_refusal(opportunity, now):
        raise Refused.because(Code.CONFLICT, refusal, "opportunity_id")
    before = {"status": opportunity.status.value, "closed_reason": opportunity.closed_reason}
    opportunity.status, opportunity.closed_reason = OpportunityStatus.CANCELLED, reason
    # Saved before the applications, so that no slot which they free is offered.
    opportunity.save(update_fields=["status", "closed_reason", "updated_at"])
    _cancel_applications(opportunity, actor, reason, now)
    after: dict[str, Any] = {"status": opportunity.status.value, "closed_reason": reason}
    if actor is None:
        after["by_staff"] = True
    change = record_change(opportunity=opportunity, actor=actor, before=before, after=after, now=now)
    bus.publish(facts.OpportunityCancelled(opportunity_id=opportunity.pk, change_id=change.pk))


def _find_refusal(opportunity: Opportunity, now: datetime) -> str | None:
    """Return why the opportunity cannot be cancelled, or None."""
    if opportunity.kind == OpportunityKind.EXTERNAL:
        return "Its slots are given at its source, so it can be cancelled only there. Close it here."
    if opportunity.status == OpportunityStatus.DRAFT:
        return "It is a draft, which only its host sees; there is nothing to cancel."
    if opportunity.end_date <= now:
        return "It is over and can't be cancelled any more."
    return None


def _lock_roles(opportunity: Opportunity) -> None:
    list(opportunity.roles.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _cancel_applications(opportunity: Opportunity, actor: User | None, reason: str, now: datetime) -> None:
    live = set(LIVE_APPLICATION_STATUSES) - {ApplicationStatus.COMPLETED}
    applications = Application.objects.filter(status__in=live, role__opportunity=opportunity)
    cancel_all(applications=applications, actor=actor, now=now, reason=reason)
