"""Taking down a harmful opportunity."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.base.errors import Code, NotFound, Refused
from domains.opportunities.models import Opportunity, OpportunityKind, OpportunityStatus
from domains.opportunities.services.cancel_opportunity import cancel
from domains.opportunities.services.close_opportunity import close

#: The public reason; the staff's own reasons stay private.
REASON = "Taken down by the staff of this community."


@transaction.atomic
def take_down_opportunity(*, opportunity_id: int) -> Opportunity:
    """The opportunity is taken down: only its host, staff and earlier applicants see it, and it takes no applications.

    If it is not over, it is cancelled as by its host, or closed if it is EXTERNAL; no crawl opens it again.
    The histories do not name the staff member. A system act: the caller has checked the permission.
    A repeat changes nothing. Refuses with NOT_FOUND and CONFLICT (a draft).
    """
    opportunity = Opportunity.objects.select_for_update(of=("self",)).filter(pk=opportunity_id).first()
    if opportunity is None:
        raise NotFound("opportunity", "opportunity_id")
    if opportunity.status == OpportunityStatus.DRAFT:
        raise Refused.because(
            Code.CONFLICT, "It is a draft, which only its host sees; there is nothing to take down.", "opportunity_id"
        )
    if opportunity.taken_down_at is not None:
        return opportunity
    is_over = opportunity.end_date <= timezone.now()
    if opportunity.kind == OpportunityKind.EXTERNAL or (is_over and opportunity.status == OpportunityStatus.OPEN):
        close(opportunity, reason=REASON)
    elif not is_over:
        cancel(opportunity, actor=None, reason=REASON)
    opportunity.taken_down_at = timezone.now()
    opportunity.save(update_fields=["taken_down_at", "updated_at"])
    return opportunity
