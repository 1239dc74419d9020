"""Changing the role of a member of an organization."""

from __future__ import annotations

from django.db import transaction

from domains.accounts.models import User
from domains.base.errors import NotAllowed
from domains.opportunities import policies
from domains.opportunities.models import HostMembership, MembershipRole
from domains.opportunities.services.locks import lock_membership
from domains.opportunities.services.remove_host_member import refuse_if_last_owner


@transaction.atomic
def change_host_member_role(*, actor: User, membership_id: int, role: MembershipRole) -> HostMembership:
    """The member or invited person has this role; a repeat changes nothing.

    Refuses with NOT_FOUND, FORBIDDEN (only owners may) and CONFLICT (the last owner stays owner).
    """
    membership = lock_membership(actor=actor, membership_id=membership_id)
    if not policies.can_manage_members(actor, membership.host_id):
        raise NotAllowed("Only owners of the organization may change what its members may do.")
    if membership.role == role:
        return membership
    refuse_if_last_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    return membership
