"""Taking down an opportunity, because it harms others."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Code, NotFound, Refused
from domains.opportunities.models import Opportunity, OpportunityKind, OpportunityStatus
from domains.opportunities.services.cancel_opportunity import call_off
from domains.opportunities.services.close_opportunity import close

#: What everybody reads as the reason; what the staff think of it is theirs.
REASON = "Taken down by the staff of this community."


@transaction.atomic
def take_down_opportunity(*, actor: User, opportunity_id: int) -> Opportunity:
    """Nobody applies any more: it is called off as its host would, or closed where its places are given elsewhere.

    No crawl opens it again. A system act: whoever calls it has decided that the actor may. Twice changes nothing
    more. Refuses with NOT_FOUND and CONFLICT (a draft, or over already).
    """
    rows = Opportunity.objects.select_for_update(of=("self",))
    opportunity = rows.filter(pk=opportunity_id).first()
    if opportunity is None:
        raise NotFound("opportunity", "opportunity_id")
    if opportunity.kind != OpportunityKind.EXTERNAL:
        call_off(opportunity, actor=actor, reason=REASON, now=timezone.now())
    elif opportunity.status == OpportunityStatus.DRAFT:
        raise Refused.because(Code.CONFLICT, "It is a draft that nobody else has seen.", "opportunity_id")
    elif opportunity.closed_reason != REASON:
        close(opportunity, reason=REASON)
    return opportunity
