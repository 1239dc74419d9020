"""Adding a role to an opportunity."""

from __future__ import annotations

from django.db import transaction

from domains.accounts.models import User
from domains.base.errors import Code, Refused
from domains.opportunities.models import OpportunityStatus, Role
from domains.opportunities.services.locks import lock_opportunity
from domains.opportunities.services.role_drafts import MAX_ROLES, RoleDraft, problems_of_role, store_roles
from domains.skills.services import hold_skills


@transaction.atomic
def add_role(*, actor: User, opportunity_id: int, draft: RoleDraft) -> Role:
    """The opportunity has one more role; if it is published, volunteers may apply for the role at once.

    Refuses with NOT_FOUND, FORBIDDEN, CONFLICT (closed or cancelled), TOO_LONG (too many roles), and with every
    problem of the values: REQUIRED, TOO_SHORT, TOO_LONG, INVALID, NOT_FOUND and DUPLICATE.
    """
    opportunity = lock_opportunity(actor=actor, opportunity_id=opportunity_id, what="add roles")
    if opportunity.status not in {OpportunityStatus.DRAFT, OpportunityStatus.OPEN}:
        message = f"It is {opportunity.status} and takes no applications, so no roles either."
        raise Refused.because(Code.CONFLICT, message, "opportunity_id")
    if opportunity.roles.count() >= MAX_ROLES:
        raise Refused.because(Code.TOO_LONG, f"An opportunity has at most {MAX_ROLES} roles.", "opportunity_id")
    hold_skills()
    if problems := problems_of_role(draft, opportunity):
        raise Refused(*problems)
    (role,) = store_roles(opportunity, [draft])
    return role
