"""Logging in with address and password."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password
from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from domains.accounts.errors import AccountCode
from domains.accounts.models import SignUpAttempt, User
from domains.accounts.services.begin_session import OpenSession
from domains.accounts.services.complete_mfa import MfaChallenge, begin_session_or_challenge
from domains.accounts.services.guesses import limit_guesses
from domains.base.addresses import address_key
from domains.base.errors import Refused


def log_in(*, email: str, password: str, device_name: str, ip_address: str) -> OpenSession | MfaChallenge:
    """Begin a session, or ask for the second factor. Refuses with BAD_CREDENTIALS, EMAIL_NOT_VERIFIED or RATE_LIMITED.

    Guesses are counted before the password is checked (`guesses.py`). The password of the newest attempt to sign up
    with the address gets EMAIL_NOT_VERIFIED, whether or not somebody else has proved the address: a person who signs
    up with a stranger's address and logs in learns nothing. Each refusal costs the same statements and two hashes.
    """
    email = address_key(email)
    with limit_guesses(email=email, ip_address=ip_address):
        user = _find_by_password(email, password)
    with transaction.atomic():
        # The password may have been changed while it was compared.
        unchanged = User.objects.filter(pk=user.pk, is_active=True, password=user.password)
        if not unchanged.select_for_update(no_key=True).exists():
            raise _wrong()
        return begin_session_or_challenge(user=user, device_name=device_name, ip_address=ip_address)


def _find_by_password(email: str, password: str) -> User:
    proved = EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True)
    attempts = SignUpAttempt.objects.filter(user=OuterRef("pk"), provider="")
    newest = attempts.order_by("-pk").values("password")[:1]
    user: Any = (  # the annotations are columns that the type checker cannot see
        User.objects.filter(email=email)
        .annotate(has_proved=Exists(proved), attempted_password=Subquery(newest))
        .first()
    )
    is_own = is_password(password, user and user.is_active and user.password)
    if user and user.has_proved and is_own:
        found: User = user
        return found
    is_attempted = is_password(password, user and user.attempted_password)
    if is_attempted or is_own:
        raise Refused.because(
            AccountCode.EMAIL_NOT_VERIFIED,
            "Prove your address first: follow the mail that you got when you signed up. Sign up again to get another.",
        )
    raise _wrong()


def _wrong() -> Refused:
    return Refused.because(AccountCode.BAD_CREDENTIALS, "The address or the password is wrong.")


def is_password(password: str, encoded: str | None) -> bool:
    """Compare the password with a hash; without a hash it takes as long and returns False."""
    is_short = len(password) <= settings.MAX_PASSWORD_LENGTH
    return is_short and check_password(password, encoded or UNUSABLE_PASSWORD_PREFIX)
