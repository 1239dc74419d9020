"""Drafting an opportunity."""

from __future__ import annotations

from django.db import transaction

from domains.accounts.models import User
from domains.base.errors import NotAllowed, NotFound, Refused
from domains.opportunities import policies
from domains.opportunities.models import Opportunity, OpportunityHost, OpportunityStatus
from domains.opportunities.services.drafts import OpportunityDraft, problems_of_draft, problems_of_kind
from domains.opportunities.services.role_drafts import store_roles
from domains.skills.services import hold_skills


def create_opportunity(*, actor: User, host_id: int, draft: OpportunityDraft) -> Opportunity:
    """The host has a new draft with its roles and their requirements; the public does not see it yet.

    Refuses with NOT_FOUND (the host), FORBIDDEN, and then with every problem of the values:
    REQUIRED, TOO_SHORT, TOO_LONG, INVALID, NOT_FOUND and DUPLICATE.
    """
    if not OpportunityHost.objects.filter(pk=host_id).exists():
        raise NotFound("host", "host_id")
    if not policies.can_run_host(actor, host_id):
        raise NotAllowed("Only owners and coordinators of the organization may draft its opportunities.")
    opportunity = draft.row(host_id=host_id, created_by=actor)
    with transaction.atomic():
        hold_skills()
        if problems := [*problems_of_kind(draft.kind), *problems_of_draft(draft, opportunity)]:
            raise Refused(*problems)
        opportunity.status = OpportunityStatus.DRAFT
        opportunity.save()
        opportunity.causes.set(draft.cause_ids)
        store_roles(opportunity, draft.roles)
    return opportunity
