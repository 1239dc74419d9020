"""Blocking another user."""

from __future__ import annotations

from django.db import transaction

from domains.accounts import facts
from domains.accounts.models import Block, User, pair_key
from domains.base import bus, locks, rates
from domains.base.errors import Code, NotFound, Refused

#: Blocking and unblocking are counted together.
RATE_LIMIT, RATE_SECONDS = 60, 600


def block_user(*, actor: User, user_id: int) -> User:
    """Block the person and return them; if the person is blocked already, nothing changes.

    Waits for messages between the two that are being written; none follows after it returns.
    Refuses with INVALID (the actor themselves), NOT_FOUND and RATE_LIMITED.
    """
    if user_id == actor.pk:
        raise Refused.because(Code.INVALID, "Name somebody other than yourself.", "user_id")
    count_block_attempt(actor)
    person = User.objects.filter(pk=user_id, is_active=True).first()
    if person is None:
        raise NotFound("person", "user_id")
    with transaction.atomic():
        locks.hold(what=Block.PAIR_LOCK, key=pair_key(actor.pk, person.pk))
        _, is_new = Block.objects.get_or_create(blocker=actor, blocked=person)
        if is_new:
            bus.publish(facts.PersonBlocked(blocker_id=actor.pk, blocked_id=person.pk))
    return person


def count_block_attempt(actor: User) -> None:
    """Count one blocking or unblocking by the actor; refuses with RATE_LIMITED."""
    rates.spend(what="block_user", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
