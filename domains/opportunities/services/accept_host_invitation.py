"""Joining an organization by the key from the mail."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import rates
from domains.base.errors import Code, NotAllowed, Refused
from domains.opportunities import policies, tokens
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import HostMembership
from domains.opportunities.services.create_host import refuse_above_hosts
from domains.opportunities.services.locks import lock_host

MAX_TRIES_AN_HOUR = 30


@transaction.atomic
def accept_host_invitation(*, actor: User, key: str) -> HostMembership:
    """The actor is a member of the host that the key's invitation is of, in its role; again changes nothing.

    Any kind of account may join: what somebody is here for decides about founding and applying, while an organization
    chooses its own people, and many who help at its door are volunteers. The account must have exactly the address
    that the mail went to, and have proved it. Refuses with EXPIRED (used by another, withdrawn, too old, or no key),
    EMAIL_NOT_VERIFIED, FORBIDDEN (another address), DUPLICATE (a member already, by another invitation),
    CONFLICT (the actor belongs to too many) and RATE_LIMITED.
    """
    rates.spend(what="accept_host_invitation", key=str(actor.pk), limit=MAX_TRIES_AN_HOUR, seconds=3600)
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
    refuse_above_hosts(actor)
    membership.user, membership.accepted_at = actor, timezone.now()
    membership.save(update_fields=["user", "accepted_at"])
    return membership


def _lock_invitation(key: str) -> HostMembership:
    """Return the key's invitation, read once its host is locked; refuses with EXPIRED."""
    try:
        invitations = HostMembership.objects.filter(pk=tokens.read_invitation_key(key))
    except tokens.BadKey:
        raise _expired() from None
    host_id = invitations.values_list("host_id", flat=True).first()
    if host_id is not None and lock_host(host_id=host_id):
        membership = invitations.first()
        if membership and tokens.is_for(key, membership.email):
            return membership
    raise _expired()


def _expired() -> Refused:
    message = "This key was used, withdrawn or is too old: ask an owner of the organization to invite you again."
    return Refused.because(OpportunityCode.EXPIRED, message, "key")
