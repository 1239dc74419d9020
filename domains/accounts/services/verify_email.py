"""Proving an address by the key from the mail."""

from __future__ import annotations

from django.db import transaction

from domains.accounts import facts, tokens
from domains.accounts.errors import AccountCode
from domains.accounts.models import SignUpAttempt, User, UserProfile
from domains.accounts.services.begin_session import OpenSession, begin_session
from domains.base import bus
from domains.base.errors import Refused


def verify_email(*, key: str, ip_address: str = "") -> OpenSession:
    """Mark the address as proved, give the account the values of this key's attempt, and begin a session.

    All other attempts with the same address are removed. A key works once and for a day; else EXPIRED.
    """
    try:
        attempt_id = tokens.read_verification_key(key)
    except tokens.BadToken:
        raise _expired() from None
    with transaction.atomic():
        # The account is locked first, as in sign_up; its related rows are read under the lock.
        user = (
            User.objects.select_for_update(of=("self",))
            .filter(sign_up_attempts=attempt_id, is_active=True, is_staff=False)
            .first()
        )
        attempt = user.sign_up_attempts.filter(pk=attempt_id).first() if user else None
        if user is None or attempt is None or not _mark_verified(user):
            raise _expired()
        _apply_attempt(user, attempt)
        user.sign_up_attempts.all().delete()
        bus.publish(facts.EmailVerified(user_id=user.pk))
        return begin_session(user=user, ip_address=ip_address)


def _mark_verified(user: User) -> bool:
    """Return whether the address was still to be proved; it is proved now."""
    return user.emailaddress_set.filter(email=user.email, verified=False).update(verified=True) == 1


def _apply_attempt(user: User, attempt: SignUpAttempt) -> None:
    user.password = attempt.password
    user.display_name = attempt.display_name
    user.user_type = attempt.user_type
    user.zip_code = attempt.zip_code
    user.save(update_fields=["password", "display_name", "user_type", "zip_code"])
    if attempt.birth_year is not None:
        # An existing year was given by the account's owner, or corrected by staff.
        UserProfile.objects.filter(user=user, birth_year__isnull=True).update(birth_year=attempt.birth_year)


def _expired() -> Refused:
    return Refused.because(
        AccountCode.EXPIRED, "This key was used or is too old: sign up again to get a new one.", "key"
    )
