"""Joining an organization with the key from the invitation mail."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import rates
from domains.base.errors import Code, NotAllowed, Refused
from domains.opportunities import policies, tokens
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import HostMembership
from domains.opportunities.services.create_host import refuse_too_many_hosts
from domains.opportunities.services.locks import lock_host

MAX_ATTEMPTS_PER_HOUR = 30


@transaction.atomic
def accept_host_invitation(*, actor: User, key: str) -> HostMembership:
    """The actor becomes a member of the inviting host, in the invited role; a repeat changes nothing.

    Any type of account may join: the account's type limits founding and applying, but an organization chooses its own
    members, and many of its scanners are volunteers. The account must have exactly the address that the mail went to,
    and have verified it. Refuses with EXPIRED (used by another account, withdrawn, too old, or not a key),
    EMAIL_NOT_VERIFIED, FORBIDDEN (another address), DUPLICATE (a member already, by another invitation),
    CONFLICT (the actor belongs to too many hosts) and RATE_LIMITED.
    """
    rates.spend(what="accept_host_invitation", key=str(actor.pk), limit=MAX_ATTEMPTS_PER_HOUR, seconds=3600)
    membership = _lock_invitation(key)
    if membership.accepted_at is not None:
        if membership.user_id == actor.pk:
            return membership
        raise _expired()
    if not actor.is_email_verified:
        message = "Prove your e-mail address first: the key is in the mail you got when you signed up."
        raise NotAllowed(message, OpportunityCode.EMAIL_NOT_VERIFIED)
    if not policies.is_invited(actor, membership):
        raise NotAllowed("This invitation went to another address: log in with the account that has that address.")
    if HostMembership.objects.filter(host=membership.host_id, user=actor).exists():
        message = "You are a member of this organization already; an owner can change your role."
        raise Refused.because(Code.DUPLICATE, message, "key")
    refuse_too_many_hosts(actor)
    membership.user, membership.accepted_at = actor, timezone.now()
    membership.save(update_fields=["user", "accepted_at"])
    return membership


def _lock_invitation(key: str) -> HostMembership:
    """Lock the host and return the key's invitation, read under the lock; refuses with EXPIRED."""
    try:
        invitations = HostMembership.objects.filter(pk=tokens.read_invitation_key(key))
    except tokens.BadKey:
        raise _expired() from None
    host_id = invitations.values_list("host_id", flat=True).first()
    if host_id is not None and lock_host(host_id=host_id):
        membership = invitations.first()
        if membership and tokens.is_key_for(key, membership.email):
            return membership
    raise _expired()


def _expired() -> Refused:
    message = "This key was used, withdrawn or is too old: ask an owner of the organization to invite you again."
    return Refused.because(OpportunityCode.EXPIRED, message, "key")
