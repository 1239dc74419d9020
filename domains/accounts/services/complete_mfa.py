"""The second step of a log-in: asking for a code of the account's second factor, and completing the log-in with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from domains.accounts import facts, second_factors, tokens
from domains.accounts.errors import AccountCode
from domains.accounts.models import User
from domains.accounts.services.begin_session import OpenSession, begin_session
from domains.accounts.services.guesses import CODES, WrongTooOften, limit_guesses
from domains.base import bus, failures
from domains.base.errors import Refused
from domains.base.networks import client_network


@dataclass(frozen=True)
class MfaChallenge:
    """A log-in that `complete_mfa` completes with a code of one of the methods, TOTP or RECOVERY_CODE."""

    token: str
    methods: list[str]


def begin_session_or_challenge(
    *, user: User, device_name: str = "", ip_address: str = ""
) -> OpenSession | MfaChallenge:
    """Begin a session; of a person with a second factor, begin none and return the challenge instead.

    Called by the services that have authenticated the user, in a transaction that holds the lock of the user's row.
    """
    if second_factors.has_second_factor(user):
        return MfaChallenge(tokens.issue_challenge(user, device_name.strip()[:80]), second_factors.list_methods(user))
    return begin_session(user=user, device_name=device_name, ip_address=ip_address)


def complete_mfa(*, challenge_token: str, code: str, ip_address: str) -> OpenSession:
    """Use the code up, and begin the session that the challenge stands for.

    A challenge works for CHALLENGE_LIFETIME and until the password is changed or the second factor is turned off: else
    EXPIRED. Refuses a wrong or used code with BAD_CREDENTIALS, and with RATE_LIMITED.
    """
    try:
        challenge = tokens.read_challenge(challenge_token)
    except tokens.BadToken:
        raise _expired() from None
    user = User.objects.filter(pk=challenge.user_id).first()
    if user is None or not _is_open(challenge, user):
        raise _expired()
    with _limit_codes(user, code, ip_address), transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if not _is_open(challenge, locked):
            raise _expired()
        use_second_factor(locked, code)
        return begin_session(user=locked, device_name=challenge.device_name, ip_address=ip_address)


@contextmanager
def _limit_codes(user: User, code: str, ip_address: str) -> Iterator[None]:
    """Count guesses at codes of the app; where they become too many, a mail a day tells the person.

    What looks like a recovery code counts by its network alone: nobody can guess it, and it is the owner's way in while
    somebody else guesses.
    """
    if second_factors.is_recovery_code(code):
        failures.reserve(CODES.per_network, client_network(ip_address))
        yield
        return
    try:
        with limit_guesses(email=user.email, ip_address=ip_address, limits=CODES):
            yield
    except WrongTooOften:
        with transaction.atomic():
            bus.publish(facts.CodesGuessed(user_id=user.pk, at=timezone.now().date().isoformat()))
        raise


def use_second_factor(user: User, code: str) -> None:
    """Use up a code of the person's app or a recovery code; a mail tells the person of the latter.

    Refuses with BAD_CREDENTIALS. Call it in a transaction that holds the lock of the user's row.
    """
    kind = second_factors.use_code(user, code)
    if kind is None:
        sentence = "This code is wrong or was used before: wait for the next one of your app, or take a recovery code."
        raise Refused.because(AccountCode.BAD_CREDENTIALS, sentence, "code")
    if kind == "RECOVERY_CODE":
        bus.publish(facts.RecoveryCodeUsed(user_id=user.pk, at=timezone.now().isoformat()))


def _is_open(challenge: tokens.Challenge, user: User) -> bool:
    digests = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    is_same_password = any(constant_time_compare(challenge.password_digest, digest) for digest in digests)
    return user.is_active and is_same_password and second_factors.has_second_factor(user)


def _expired() -> Refused:
    return Refused.because(
        AccountCode.EXPIRED, "This log-in took too long or is over: log in again.", "challenge_token"
    )
