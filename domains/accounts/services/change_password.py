"""Changing the password of the caller's account."""

from __future__ import annotations

from django.db import transaction

from domains.accounts.models import Session, User
from domains.accounts.services.begin_session import OpenSession, begin_session
from domains.accounts.services.confirm_password import confirm_password
from domains.accounts.services.lock_actor import lock_actor
from domains.accounts.services.set_password import hash_new_password, set_password


def change_password(
    *, actor: User, session: Session | None, current_password: str, new_password: str, ip_address: str = ""
) -> OpenSession:
    """The actor has the new password; all sessions end, and a new one begins on the caller's device.

    An account without a password gets its first one, if its log-in is fresh. Refuses with BAD_CREDENTIALS,
    RATE_LIMITED, TOO_SHORT, TOO_LONG, INVALID, and CONFLICT if the password was changed elsewhere meanwhile.
    """
    confirm_password(
        actor=actor, session=session, password=current_password, field="current_password", ip_address=ip_address
    )
    encoded = hash_new_password(new_password, actor)
    with transaction.atomic():
        user = lock_actor(actor=actor, session=session, field="current_password")
        set_password(user, encoded)
        return begin_session(user=user, device_name=session.device_name if session else "", ip_address=ip_address)
