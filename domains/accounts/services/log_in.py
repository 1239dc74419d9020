"""Logging in with address and password."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password
from django.db.models import Exists, OuterRef, Subquery

from domains.accounts.errors import AccountCode
from domains.accounts.models import SignUpAttempt, User, normalize_email
from domains.accounts.services.begin_session import OpenSession, begin_session
from domains.accounts.services.sign_up import MAX_PASSWORD_LENGTH
from domains.base import rates
from domains.base.errors import Refused


def log_in(*, email: str, password: str, device_name: str, ip_address: str) -> OpenSession:
    """Begin a session. Refuses with BAD_CREDENTIALS, EMAIL_NOT_VERIFIED or RATE_LIMITED.

    Tries are counted per network address and per account before the password is looked at. While the
    address is not proved, the password is that of the newest attempt to sign up. Each try costs one
    statement and one comparison: an unknown address takes as long as a wrong password.
    """
    email = normalize_email(email)
    spend_guess(email=email, ip_address=ip_address)
    proved = EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True)
    newest = SignUpAttempt.objects.filter(user=OuterRef("pk")).order_by("-pk").values("password")[:1]
    user: Any = (  # the annotations are columns that the type checker cannot see
        User.objects.filter(email=email, is_active=True)
        .annotate(has_proved=Exists(proved), attempted_password=Subquery(newest))
        .first()
    )
    expected = UNUSABLE_PASSWORD_PREFIX  # fits nothing, and takes as long as one that might
    if user is not None:
        expected = user.password if user.has_proved else user.attempted_password or user.password
    if len(password) > MAX_PASSWORD_LENGTH or not check_password(password, expected) or user is None:
        raise Refused.because(AccountCode.BAD_CREDENTIALS, "The address or the password is wrong.")
    if not user.has_proved:
        raise Refused.because(
            AccountCode.EMAIL_NOT_VERIFIED,
            "Prove your address first: the key is in the mail you got. Sign up again to get a new one.",
        )
    return begin_session(user=user, device_name=device_name)


def spend_guess(*, email: str, ip_address: str) -> None:
    """Count one guess at a password, wherever it is made; refuses RATE_LIMITED. The address is a normalised one."""
    rates.spend(what="log_in_ip", key=ip_address, limit=10, seconds=60)
    rates.spend(what="log_in_account", key=email, limit=5, seconds=300)
