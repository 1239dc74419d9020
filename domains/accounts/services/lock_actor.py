"""Locking the caller's account for an act that changes how one logs in."""

from __future__ import annotations

from domains.accounts.models import Session, User
from domains.base.errors import Code, NotSignedIn, Refused


def lock_self(*, actor: User) -> User:
    """Lock the actor's row, and return it as it is now; call it in a transaction.

    Refuses with UNAUTHENTICATED if the account was closed or deleted since the request began.
    """
    user = User.objects.select_for_update(no_key=True).filter(pk=actor.pk, is_active=True).first()
    if user is None:
        raise NotSignedIn
    return user


def lock_actor(*, actor: User, session: Session | None, field: str | None = None) -> User:
    """Lock the actor's row, and return it as it is now; call it in a transaction.

    Refuses with UNAUTHENTICATED if the session has ended since the request began, and with CONFLICT if the password
    was changed meanwhile.
    """
    user = lock_self(actor=actor)
    if session is not None and not user.sessions.filter(pk=session.pk, ended_at__isnull=True).exists():
        raise NotSignedIn
    if user.password != actor.password:
        raise Refused.because(Code.CONFLICT, "Your password was changed elsewhere just now.", field)
    return user
