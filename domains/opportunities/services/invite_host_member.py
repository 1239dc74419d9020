"""Inviting a person to join an organization."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus, rates
from domains.base.errors import Code, NotAllowed, NotFound, Refused
from domains.opportunities import facts, policies
from domains.opportunities.models import HostMembership, MembershipRole, OpportunityHost
from domains.opportunities.services.locks import lock_host
from domains.opportunities.services.values import problems_of

#: Maximum number of members and open invitations of one host.
MAX_MEMBERS = 200
#: Maximum number of invitations that one person sends in an hour, and that one address gets in a day from anybody.
MAX_SENT_PER_HOUR, MAX_RECEIVED_PER_DAY = 30, 5


@transaction.atomic
def invite_host_member(*, actor: User, host_id: int, email: str, role: MembershipRole) -> HostMembership:
    """The address is invited to join in this role, and a mail with a key goes to it.

    Only owners invite, because an invitation decides who else acts for the organization. The answer is the same
    whether or not the address has an account. A repeat, in any spelling of the address, sends another mail and changes
    the invited role. Refuses with NOT_FOUND, FORBIDDEN, REQUIRED and INVALID (the address), DUPLICATE (a
    member already), CONFLICT (too many members) and RATE_LIMITED.
    """
    host = lock_host(host_id=host_id)
    if host is None:
        raise NotFound("host", "host_id")
    if not policies.can_manage_members(actor, host_id):
        raise NotAllowed("Only owners of the organization may invite people to it.")
    invitation = HostMembership(host=host, email=email)
    if problems := problems_of(invitation, exclude={"host", "user", "invited_by"}):
        raise Refused(*problems)
    _refuse_if_member(host, invitation.email)
    invitation = host.memberships.filter(email__iexact=invitation.email).first() or invitation
    if invitation._state.adding:
        _refuse_if_full(host)
    rates.spend(what="invite_host_member", key=str(actor.pk), limit=MAX_SENT_PER_HOUR, seconds=3600)
    rates.spend(what="host_invitation", key=invitation.email, limit=MAX_RECEIVED_PER_DAY, seconds=86400)
    invitation.role, invitation.invited_by, invitation.invited_at = role, actor, timezone.now()
    invitation.save()
    bus.publish(facts.HostMemberInvited(membership_id=invitation.pk))
    return invitation


def _refuse_if_member(host: OpportunityHost, email: str) -> None:
    of_address = Q(email__iexact=email) | Q(user__email=email)
    if host.memberships.filter(of_address, accepted_at__isnull=False).exists():
        message = "This address belongs to a member already; change the member's role instead."
        raise Refused.because(Code.DUPLICATE, message, "email")


def _refuse_if_full(host: OpportunityHost) -> None:
    if host.memberships.count() >= MAX_MEMBERS:
        message = f"An organization has at most {MAX_MEMBERS} members and open invitations; take some back first."
        raise Refused.because(Code.CONFLICT, message)
