"""Logging in with address and password."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password, make_password

from domains.accounts.errors import AccountCode
from domains.accounts.models import User, normalize_email
from domains.accounts.services.begin_session import OpenSession, begin_session
from domains.accounts.services.sign_up import MAX_PASSWORD_LENGTH
from domains.base import rates
from domains.base.errors import Refused


def log_in(*, email: str, password: str, device_name: str, ip_address: str) -> OpenSession:
    """Begin a session. Refuses with BAD_CREDENTIALS, EMAIL_NOT_VERIFIED or RATE_LIMITED.

    Tries are counted per network address and per account before the password is looked at. An
    unknown address takes as long as a wrong password.
    """
    email = normalize_email(email)
    rates.spend(what="log_in_ip", key=ip_address, limit=10, seconds=60)
    rates.spend(what="log_in_account", key=email, limit=5, seconds=300)
    user = User.objects.filter(email=email, is_active=True).first()
    if len(password) > MAX_PASSWORD_LENGTH or not _fits(user, password) or user is None:
        raise Refused.because(AccountCode.BAD_CREDENTIALS, "The address or the password is wrong.")
    if not user.is_email_verified:
        raise Refused.because(
            AccountCode.EMAIL_NOT_VERIFIED,
            "Prove your address first: the key is in the mail you got. Sign up again to get a new one.",
        )
    return begin_session(user=user, device_name=device_name)


def _fits(user: User | None, password: str) -> bool:
    if user is None:
        make_password(password)  # as slow as checking one
        return False
    return check_password(password, user.password)
