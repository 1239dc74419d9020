"""Turning off the second factor of an account: by its owner, or by staff for somebody who lost phone and codes."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts import facts, second_factors
from domains.accounts.models import Session, User
from domains.accounts.services.confirm_password import confirm_password
from domains.accounts.services.lock_actor import lock_actor
from domains.accounts.services.log_out import end_sessions
from domains.base import bus


def disable_mfa(*, actor: User, session: Session | None, password: str, ip_address: str) -> User:
    """The actor's log-ins need no second factor any more, the recovery codes are void, and a mail tells the actor.

    Without a second factor, nothing changes. Returns the actor. Refuses with BAD_CREDENTIALS, CONFLICT and
    RATE_LIMITED.
    """
    confirm_password(actor=actor, session=session, password=password, field="password", ip_address=ip_address)
    with transaction.atomic():
        user = lock_actor(actor=actor, session=session, field="password")
        _turn_off(user)
    return user


def remove_second_factor(*, user_id: int) -> bool:
    """The same, for somebody who lost phone and codes; all sessions end. Returns whether there was a second factor.

    An act of staff, who have made sure who asks.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user_id)
        if was_on := _turn_off(user):
            end_sessions(user.sessions.all())
        return was_on


def _turn_off(user: User) -> bool:
    was_on = second_factors.turn_off(user)
    if was_on:
        bus.publish(facts.MfaTurnedOff(user_id=user.pk, at=timezone.now().isoformat()))
    return was_on
