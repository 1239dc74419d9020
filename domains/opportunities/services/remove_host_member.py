"""Leaving an organization, removing a member, and withdrawing an invitation."""

from __future__ import annotations

from django.db import transaction

from domains.accounts.models import User
from domains.base.errors import Code, NotAllowed, Refused
from domains.opportunities import policies
from domains.opportunities.models import HostMembership, MembershipRole, OpportunityHost
from domains.opportunities.services.locks import lock_membership


@transaction.atomic
def remove_host_member(*, actor: User, membership_id: int) -> OpportunityHost:
    """The membership, or the invitation with its keys, is removed.

    An owner removes any member, a member leaves, an invited person declines. Returns the host. Refuses with NOT_FOUND
    (also for a repeat), FORBIDDEN and CONFLICT (the last owner stays).
    """
    membership = lock_membership(actor=actor, membership_id=membership_id)
    if not policies.can_remove_member(actor, membership):
        raise NotAllowed("Only owners of the organization may remove others.")
    refuse_if_last_owner(membership)
    membership.delete()
    return membership.host


def refuse_if_last_owner(membership: HostMembership) -> None:
    """Refuse with CONFLICT if the host has no other owner with an open account; its row must be locked."""
    if membership.role != MembershipRole.OWNER or membership.accepted_at is None:
        return
    owners = HostMembership.objects.accepted().filter(
        host=membership.host_id, role=MembershipRole.OWNER, user__is_active=True
    )
    if not owners.exclude(pk=membership.pk).exists():
        message = "An organization needs an owner: make somebody else one first."
        raise Refused.because(Code.CONFLICT, message, "membership_id")
