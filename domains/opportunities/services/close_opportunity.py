"""Closing an opportunity to new applications."""

from __future__ import annotations

from django.db import transaction

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, Refused
from domains.opportunities import facts
from domains.opportunities.models import Opportunity, OpportunityStatus
from domains.opportunities.services.locks import lock_opportunity
from domains.opportunities.services.values import clean_note

MAX_REASON_LENGTH = Opportunity._meta.get_field("closed_reason").max_length or 0


@transaction.atomic
def close_opportunity(*, actor: User, opportunity_id: int, reason: str = "") -> Opportunity:
    """The opportunity is CLOSED and takes no new applications; existing ones stay and can still be decided.

    A repeat changes nothing. Refuses with NOT_FOUND, FORBIDDEN, TOO_LONG (the reason) and CONFLICT (a draft,
    or cancelled).
    """
    reason = clean_reason(reason)
    opportunity = lock_opportunity(actor=actor, opportunity_id=opportunity_id, what="close its opportunities")
    if opportunity.status == OpportunityStatus.CLOSED:
        return opportunity
    if opportunity.status != OpportunityStatus.OPEN:
        message = f"It is {opportunity.status} and takes no applications anyway."
        raise Refused.because(Code.CONFLICT, message, "opportunity_id")
    close(opportunity, reason=reason)
    return opportunity


def close(opportunity: Opportunity, *, reason: str) -> None:
    """The locked opportunity is CLOSED for this reason."""
    opportunity.status, opportunity.closed_reason = OpportunityStatus.CLOSED, reason
    opportunity.save(update_fields=["status", "closed_reason", "updated_at"])
    bus.publish(facts.OpportunityClosed(opportunity_id=opportunity.pk))


def clean_reason(reason: str) -> str:
    """Return the reason in one line; refuses with TOO_LONG and INVALID."""
    return clean_note(reason, max_length=MAX_REASON_LENGTH, field="reason")
