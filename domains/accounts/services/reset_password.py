"""Setting a new password with the key from a mail."""

from __future__ import annotations

from django.db import transaction

from domains.accounts import tokens
from domains.accounts.errors import AccountCode
from domains.accounts.models import PasswordReset, User
from domains.accounts.second_factors import has_second_factor
from domains.accounts.services.begin_session import OpenSession
from domains.accounts.services.complete_mfa import MfaChallenge, begin_session_or_challenge
from domains.accounts.services.known_networks import remember_network
from domains.accounts.services.set_password import hash_new_password, set_password
from domains.base import rates
from domains.base.errors import Refused
from domains.base.networks import client_network

#: Tries from one network; to measure a new password takes a moment of the processor.
RATE_LIMIT, RATE_SECONDS = 20, 3600


def reset_password(*, key: str, new_password: str, ip_address: str = "") -> OpenSession | MfaChallenge:
    """The account of the key's address has the new password; all its sessions end, and a new one begins.

    A person with a second factor is asked for it first. Accounts at other providers are no longer linked.

    A key works once, for an hour, and no longer once the password was changed in another way: else EXPIRED. A
    password that is refused (TOO_SHORT, TOO_LONG, INVALID) leaves the key as it was. Refuses with RATE_LIMITED.
    """
    reset_id, encoded = _prepare(key, new_password, ip_address)
    with transaction.atomic():
        return begin_session_or_challenge(user=_reset(reset_id, encoded), ip_address=ip_address)


def reset_forgotten_password(*, key: str, new_password: str, ip_address: str = "") -> None:
    """The same, for a page that keeps no session: no session begins.

    The network counts as the owner's, unless a second factor would have been asked for.
    """
    reset_id, encoded = _prepare(key, new_password, ip_address)
    with transaction.atomic():
        user = _reset(reset_id, encoded)
        if not has_second_factor(user):
            remember_network(user=user, ip_address=ip_address)


def _prepare(key: str, new_password: str, ip_address: str) -> tuple[int, str]:
    """Return the request that the key names, and the hash of the password, which takes long."""
    rates.spend(what="reset_password", key=client_network(ip_address), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    try:
        reset_id = tokens.read_key(tokens.KeyPurpose.RESET_PASSWORD, key)
    except tokens.BadToken:
        raise _expired() from None
    user = User.objects.filter(email__in=PasswordReset.objects.filter(pk=reset_id).values("email")).first()
    if user is None:
        raise _expired()
    return reset_id, hash_new_password(new_password, user)


def _reset(reset_id: int, encoded: str) -> User:
    requested = PasswordReset.objects.filter(pk=reset_id)
    people = User.objects.with_verified_email().filter(is_active=True, email__in=requested.values("email"))
    user = people.select_for_update(of=("self",), no_key=True).first()
    # The request is read again under the lock of the user's row.
    if user is None or not requested.filter(email=user.email).exists():
        raise _expired()
    set_password(user, encoded)
    # Somebody who got in may have linked an account of their own. The owner's is linked again by its address.
    user.socialaccount_set.all().delete()
    return user


def _expired() -> Refused:
    return Refused.because(
        AccountCode.EXPIRED, "This key was used or has expired: ask for a new one with requestPasswordReset.", "key"
    )
