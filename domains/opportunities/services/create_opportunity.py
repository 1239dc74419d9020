"""Drafting an opportunity."""

from __future__ import annotations

from django.db import transaction

from domains.accounts.models import User
from domains.base.errors import NotAllowed, NotFound, Refused
from domains.opportunities import policies
from domains.opportunities.models import Opportunity, OpportunityHost, OpportunityStatus, Role, RoleSkill
from domains.opportunities.services.drafts import OpportunityDraft, problems_of_draft


def create_opportunity(*, actor: User, host_id: int, draft: OpportunityDraft) -> Opportunity:
    """The host has a new draft, with its roles and their skills, that nobody else sees yet.

    Refuses with NOT_FOUND (the host), FORBIDDEN, and then with everything that is wrong with the values:
    REQUIRED, TOO_SHORT, TOO_LONG, INVALID, NOT_FOUND and DUPLICATE.
    """
    if not OpportunityHost.objects.filter(pk=host_id).exists():
        raise NotFound("host", "host_id")
    if not policies.can_run_host(actor, host_id):
        raise NotAllowed("Only owners and coordinators of the organisation may draft its opportunities.")
    opportunity = draft.row(host_id=host_id, created_by=actor)
    if problems := problems_of_draft(draft, opportunity):
        raise Refused(*problems)
    with transaction.atomic():
        opportunity.status = OpportunityStatus.DRAFT
        opportunity.save()
        opportunity.causes.set(draft.cause_ids)
        roles = Role.objects.bulk_create(role.row(opportunity) for role in draft.roles)
        RoleSkill.objects.bulk_create(
            skill.row(role) for role, drafted in zip(roles, draft.roles, strict=True) for skill in drafted.skills
        )
    return opportunity
