"""Setting a new password with the key from a mail."""

from __future__ import annotations

from django.db import transaction

from domains.accounts import tokens
from domains.accounts.errors import AccountCode
from domains.accounts.models import PasswordReset, User
from domains.accounts.services.begin_session import OpenSession, begin_session
from domains.accounts.services.log_out import end_sessions
from domains.accounts.services.set_password import hash_new_password, set_password
from domains.base.errors import Refused


def reset_password(*, key: str, new_password: str, ip_address: str = "") -> OpenSession:
    """The account of the key's address has the new password; all its sessions end, and a new one begins.

    A key works once, for an hour, and no longer once the password was changed in another way: else EXPIRED. A
    password that is refused (TOO_SHORT, TOO_LONG, INVALID) leaves the key as it was.
    """
    try:
        reset_id = tokens.read_key(tokens.KeyPurpose.RESET_PASSWORD, key)
    except tokens.BadToken:
        raise _expired() from None
    user = User.objects.filter(email__in=PasswordReset.objects.filter(pk=reset_id).values("email")).first()
    if user is None:
        raise _expired()
    encoded = hash_new_password(new_password, user)
    with transaction.atomic():
        user = User.objects.with_verified_email().select_for_update(of=("self",)).filter(pk=user.pk).first()
        if user is None or not _is_open(reset_id, user):
            raise _expired()
        set_password(user, encoded)
        end_sessions(user.sessions.all())
        return begin_session(user=user, ip_address=ip_address)


def _is_open(reset_id: int, user: User) -> bool:
    """Tell whether the request is still there, read under the lock of the user's row."""
    return user.is_active and PasswordReset.objects.filter(pk=reset_id, email=user.email).exists()


def _expired() -> Refused:
    return Refused.because(
        AccountCode.EXPIRED, "This key was used or is too old: ask for a new one with requestPasswordReset.", "key"
    )
