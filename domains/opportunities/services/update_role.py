"""Changing a role."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Code, NotAllowed, NotFound, Problem, Refused
from domains.opportunities import policies
from domains.opportunities.models import OpportunityStatus, Role, RoleSkill
from domains.opportunities.services.locks import lock_role
from domains.opportunities.services.moves import offer_slots
from domains.opportunities.services.role_drafts import RoleChanges, RoleDraft, problems_of_role
from domains.skills.services import hold_skills

UPDATED_COLUMNS = ("title", "description", "slots_available", "requires_approval", "required_verifications")


@transaction.atomic
def update_role(*, actor: User, role_id: int, changes: RoleChanges) -> Role:
    """The role has the given values; None leaves a value unchanged, and a given list replaces the existing one.

    Volunteers keep their slots; added slots are offered to the waitlist. A role cannot be removed: to stop giving
    slots, lower their number to those taken.
    Refuses with NOT_FOUND, FORBIDDEN, CONFLICT (cancelled; fewer slots than are taken, naming how many), and with
    every problem of the values: REQUIRED, TOO_SHORT, TOO_LONG, INVALID, NOT_FOUND and DUPLICATE.
    """
    if changes.skills is not None:
        hold_skills()
    role = lock_role(viewer=actor, role_id=role_id)
    if role is None:
        raise NotFound("role", "role_id")
    if not policies.can_manage_opportunity(actor, role.opportunity):
        raise NotAllowed("Only owners and coordinators of the organization may change its roles.")
    if role.opportunity.status == OpportunityStatus.CANCELLED:
        raise Refused.because(Code.CONFLICT, "It is cancelled and can't be changed any more.", "role_id")
    draft = changes.applied_to(role)
    if problems := [*problems_of_role(draft, role.opportunity, before=role), *_problems_of_slots(draft, role)]:
        raise Refused(*problems)
    wanted = draft.row(role.opportunity)
    slots_before = role.slots_available
    changed = [name for name in UPDATED_COLUMNS if getattr(wanted, name) != getattr(role, name)]
    for name in changed:
        setattr(role, name, getattr(wanted, name))
    role.save(update_fields=changed)
    _replace_lists(role, changes)
    if (added := role.slots_available - slots_before) > 0:
        offer_slots(role=role, now=timezone.now(), number=added)
    return role


def _problems_of_slots(draft: RoleDraft, role: Role) -> list[Problem]:
    # `problems_of_role` refuses fewer than one.
    if not 1 <= draft.slots_available < role.slots_taken:
        return []
    message = f"{role.slots_taken} slots are taken: offer at least as many."
    return [Problem(Code.CONFLICT, message, "slots_available")]


def _replace_lists(role: Role, changes: RoleChanges) -> None:
    if changes.skills is not None:
        role.role_skills.all().delete()
        RoleSkill.objects.bulk_create(skill.row(role) for skill in changes.skills)
    if changes.required_course_ids is not None:
        role.required_courses.set(changes.required_course_ids)
