"""Setting a password that was chosen anew; called by the services that have authenticated the caller."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from domains.accounts import facts
from domains.accounts.models import PasswordReset, User
from domains.accounts.services.log_out import end_sessions
from domains.accounts.services.sign_up import password_problems
from domains.base import bus
from domains.base.errors import Refused


def hash_new_password(password: str, user: User) -> str:
    """Return the hash of a new password, outside any transaction; refuses with TOO_SHORT, TOO_LONG and INVALID."""
    if problems := password_problems(password, user, "new_password"):
        raise Refused(*problems)
    return make_password(password)


def set_password(user: User, encoded: str) -> None:
    """The account has the password, all its sessions have ended, and its owner gets a mail.

    What was begun with the old password ends with it: keys for a new password, requests to change the address, and
    codes of the log-in page. Call it in a transaction that holds the lock of the user's row.
    """
    user.password = encoded
    user.save(update_fields=["password"])
    end_requests(user)
    end_sessions(user.sessions.all())
    bus.publish(facts.PasswordChanged(user_id=user.pk, at=timezone.now().isoformat()))


def end_requests(user: User) -> None:
    """End what keys and codes could still do to the account: set its password, change its address, begin a session."""
    user.log_in_codes.all().delete()
    PasswordReset.objects.filter(email=user.email).delete()
    user.email_changes.filter(done_at__isnull=True).delete()
