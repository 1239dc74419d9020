"""Opening an opportunity to everybody."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, NotAllowed, NotFound, Problem, Refused
from domains.opportunities import facts, policies
from domains.opportunities.models import Opportunity, OpportunityStatus


@transaction.atomic
def publish_opportunity(*, actor: User, opportunity_id: int) -> Opportunity:
    """Everybody sees the opportunity and may apply; publishing it again changes nothing.

    Refuses with NOT_FOUND, FORBIDDEN, CONFLICT (closed or cancelled), REQUIRED (a role) and INVALID (it is over).
    """
    opportunity = (
        Opportunity.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=opportunity_id).first()
    )
    if opportunity is None:
        raise NotFound("opportunity", "opportunity_id")
    if not policies.can_manage_opportunity(actor, opportunity):
        raise NotAllowed("Only owners and coordinators of the organisation may publish its opportunities.")
    if opportunity.status == OpportunityStatus.OPEN:
        return opportunity
    if opportunity.status != OpportunityStatus.DRAFT:
        message = f"It is {opportunity.status} and can't be published; draft a new one."
        raise Refused.because(Code.CONFLICT, message, "opportunity_id")
    if problems := _missing(opportunity):
        raise Refused(*problems)
    opportunity.status = OpportunityStatus.OPEN
    opportunity.save(update_fields=["status", "updated_at"])
    bus.publish(facts.OpportunityPublished(opportunity_id=opportunity.pk))
    return opportunity


def _missing(opportunity: Opportunity) -> list[Problem]:
    problems = []
    if not opportunity.roles.exists():
        problems.append(Problem(Code.REQUIRED, "Add at least one role that people can apply for.", "roles"))
    if opportunity.end_date <= timezone.now():
        problems.append(Problem(Code.INVALID, "It is over already; give it an end that is still to come.", "end_date"))
    return problems
