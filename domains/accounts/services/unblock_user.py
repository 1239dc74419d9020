"""Unblocking a user."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from domains.accounts import facts
from domains.accounts.models import Block, User, pair_key
from domains.accounts.services.block_user import count_block_attempt
from domains.base import bus, locks
from domains.base.errors import Code, NotFound, Refused


def unblock_user(*, actor: User, user_id: int) -> User:
    """End the actor's own block of the person and return them; without a block, nothing changes.

    A block by the other person stays. The actor can also unblock a person whose account is closed.
    Refuses with INVALID (the actor themselves), NOT_FOUND and RATE_LIMITED.
    """
    if user_id == actor.pk:
        raise Refused.because(Code.INVALID, "Name somebody other than yourself.", "user_id")
    count_block_attempt(actor)
    known = Q(is_active=True) | Q(pk__in=actor.blocks.values("blocked"))
    person = User.objects.filter(known, pk=user_id).first()
    if person is None:
        raise NotFound("person", "user_id")
    with transaction.atomic():
        locks.hold(what=Block.PAIR_LOCK, key=pair_key(actor.pk, person.pk))
        ended, _ = actor.blocks.filter(blocked=person).delete()
        if ended:
            bus.publish(facts.PersonUnblocked(blocker_id=actor.pk, blocked_id=person.pk))
    return person
