"""Signing up: an attempt to get an account, completed when the address is proved."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from domains.accounts import facts
from domains.accounts.models import SignUpAttempt, User, UserType
from domains.accounts.services.update_profile import birth_year_problems
from domains.base import bus, rates
from domains.base.errors import Code, Problem, Refused, problems_of
from domains.base.networks import client_network
from domains.base.texts import line_problems

#: How many attempts, and mails, one address gets in a day; further attempts are dropped silently.
MAX_ATTEMPTS_PER_DAY = 5
#: Longer than a key is valid, so that `log_in` can still tell a late person to prove the address.
ATTEMPT_RETENTION = timedelta(days=30)


def sign_up(
    *,
    email: str,
    password: str,
    display_name: str,
    user_type: UserType,
    zip_code: str,
    ip_address: str,
    birth_year: int | None = None,
) -> str:
    """Store an attempt to get the account of this address; a mail with the attempt's own key follows.

    The account takes nothing from an attempt before its key is used. Returns the address as it is
    stored. For a proved address the answer, the time it takes and the later answer of `log_in` to the password are
    the same: an attempt is stored, without a key, and a mail tells the address's owner. Past the day's attempts the
    answer is the same too, but no attempt is stored and no mail follows. Refuses with REQUIRED, INVALID, TOO_SHORT,
    TOO_LONG and RATE_LIMITED.
    """
    rates.spend(what="sign_up", key=client_network(ip_address), limit=settings.SIGN_UPS_PER_HOUR, seconds=3600)
    requested = User(
        email=email,
        display_name=" ".join(display_name.split()),
        user_type=user_type,
        zip_code=zip_code.strip(),
    )
    _check(requested, password, birth_year)
    requested.password = make_password(
        password
    )  # slow by design, so before the transaction, and for known addresses too
    with transaction.atomic():
        store_attempt(requested, birth_year=birth_year)
    return requested.email


def store_attempt(
    requested: User, *, birth_year: int | None = None, provider: str = "", provider_uid: str = ""
) -> None:
    """Store an attempt to get the account of the address; a mail to the address follows."""
    user = lock_account(requested)
    if user.is_staff or user.is_email_verified:
        _add_attempt(user, SignUpAttempt(password=requested.password, provider=provider))
        bus.publish(facts.KnownAddressSignedUp(user_id=user.pk))
        return
    attempt = SignUpAttempt(
        password=requested.password,
        display_name=requested.display_name,
        user_type=requested.user_type,
        zip_code=requested.zip_code,
        birth_year=birth_year,
        provider=provider,
        provider_uid=provider_uid,
    )
    if _add_attempt(user, attempt):
        bus.publish(facts.SignedUp(user_id=user.pk, attempt_id=attempt.pk))


def lock_account(requested: User) -> User:
    """Return the account of the address, locked; a new one has no password until an attempt is proved."""
    with suppress(IntegrityError), transaction.atomic():
        user = User.objects.create_user(
            requested.email,
            display_name=requested.display_name,
            user_type=requested.user_type,
            zip_code=requested.zip_code,
        )
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    return User.objects.select_for_update().get(email=requested.email)


def mark_verified(user: User) -> bool:
    """The address of the account, which is locked, is proved; returns False if it was before.

    Refuses with DUPLICATE if another account has proved it.
    """
    try:
        with transaction.atomic():
            is_new = user.emailaddress_set.filter(email=user.email, verified=False).update(verified=True) > 0
    except IntegrityError:
        raise address_taken() from None
    user.__dict__.pop("is_email_verified", None)
    return is_new


def address_taken() -> Refused:
    """Return the refusal of a proof of an address that another account has."""
    sentence = "Another account has this address, or was just requested with it: log in to that one, or try tomorrow."
    return Refused.because(Code.DUPLICATE, sentence, "key")


def _add_attempt(user: User, attempt: SignUpAttempt) -> bool:
    """Store the attempt, unless it is one too many of the day."""
    now = timezone.now()
    user.sign_up_attempts.filter(created_at__lt=now - ATTEMPT_RETENTION).delete()
    if user.sign_up_attempts.filter(created_at__gt=now - timedelta(days=1)).count() >= MAX_ATTEMPTS_PER_DAY:
        return False
    attempt.user = user
    attempt.save(force_insert=True)
    return True


def remove_old_attempts() -> int:
    """Remove attempts older than ATTEMPT_RETENTION; return how many. A system act."""
    return SignUpAttempt.objects.filter(created_at__lt=timezone.now() - ATTEMPT_RETENTION).delete()[0]


def _check(user: User, password: str, birth_year: int | None) -> None:
    problems = []
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        problems += problems_of(error)
    problems += line_problems(user.display_name, "display_name")
    problems += password_problems(password, user)
    if birth_year is not None:
        problems += birth_year_problems(birth_year)
    if problems:
        raise Refused(*problems)


def password_problems(password: str, user: User, field: str = "password") -> list[Problem]:
    """Return what is wrong with a new password: too short or long, guessable, too close to the account's data."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return problems_of(error, field)
    return []
