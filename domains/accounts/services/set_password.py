"""Setting a password that was chosen anew; called by the services that have checked who asks."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from domains.accounts import facts
from domains.accounts.models import PasswordReset, User
from domains.accounts.services.sign_up import password_problems
from domains.base import bus
from domains.base.errors import Refused


def hash_new_password(password: str, user: User) -> str:
    """Return the hash of a new password, outside any transaction; refuses with TOO_SHORT, TOO_LONG and INVALID."""
    if problems := password_problems(password, user, "new_password"):
        raise Refused(*problems)
    return make_password(password)


def set_password(user: User, encoded: str) -> None:
    """The account has the password; keys that were mailed before no longer work, and its owner is told by mail.

    Call it in a transaction that holds the lock of the user's row; ending sessions is the caller's part.
    """
    user.password = encoded
    user.save(update_fields=["password"])
    PasswordReset.objects.filter(email=user.email).delete()
    user.sign_up_attempts.all().delete()
    bus.publish(facts.PasswordChanged(user_id=user.pk, at=timezone.now().isoformat()))
