"""Taking down an opportunity, because it harms others."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.base.errors import Code, NotFound, Refused
from domains.opportunities.models import Opportunity, OpportunityKind, OpportunityStatus
from domains.opportunities.services.cancel_opportunity import call_off
from domains.opportunities.services.close_opportunity import close

#: What everybody reads as the reason; what the staff think of it is theirs.
REASON = "Taken down by the staff of this community."


@transaction.atomic
def take_down_opportunity(*, opportunity_id: int) -> Opportunity:
    """Only its host, the staff and those who had applied see it any more, and nobody applies.

    What is not over is called off as its host would, or closed where its places are given elsewhere; no crawl opens
    it again. Histories name nobody of the staff. A system act: whoever calls it has decided that it may be done.
    Twice changes nothing more. Refuses with NOT_FOUND and CONFLICT (a draft).
    """
    opportunity = Opportunity.objects.select_for_update(of=("self",)).filter(pk=opportunity_id).first()
    if opportunity is None:
        raise NotFound("opportunity", "opportunity_id")
    if opportunity.status == OpportunityStatus.DRAFT:
        raise Refused.because(Code.CONFLICT, "It is a draft that nobody else has seen.", "opportunity_id")
    if opportunity.taken_down_at is not None:
        return opportunity
    is_over = opportunity.end_date <= timezone.now()
    if opportunity.kind == OpportunityKind.EXTERNAL or (is_over and opportunity.status == OpportunityStatus.OPEN):
        close(opportunity, reason=REASON)
    elif not is_over:
        call_off(opportunity, actor=None, reason=REASON)
    opportunity.taken_down_at = timezone.now()
    opportunity.save(update_fields=["taken_down_at", "updated_at"])
    return opportunity
