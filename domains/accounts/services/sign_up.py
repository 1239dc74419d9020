"""Signing up: an account whose address still has to be proved."""

from __future__ import annotations

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

from domains.accounts import facts
from domains.accounts.models import User, UserType, normalize_email
from domains.base import bus, rates
from domains.base.errors import Code, Problem, Refused, problems_of

#: Longer passwords are refused before they are hashed.
MAX_PASSWORD_LENGTH = 256


def sign_up(
    *, email: str, password: str, display_name: str, user_type: UserType, zip_code: str, ip_address: str
) -> str:
    """Make an account that can be used once its address is proved; a mail with the key follows.

    Returns the address as it is stored. The answer for a known address is the same, and so is the
    time it takes: its owner gets a mail that says so. Refuses with REQUIRED, INVALID, TOO_SHORT,
    TOO_LONG and RATE_LIMITED.
    """
    rates.spend(what="sign_up", key=ip_address, limit=20, seconds=3600)
    user = User(
        email=normalize_email(email),
        display_name=" ".join(display_name.split()),
        user_type=user_type,
        zip_code=zip_code.strip(),
    )
    _check(user, password)
    with transaction.atomic():
        try:
            with transaction.atomic():
                user = User.objects.create_user(
                    user.email,
                    password,
                    display_name=user.display_name,
                    user_type=user.user_type,
                    zip_code=user.zip_code,
                )
        except IntegrityError:
            known = User.objects.get(email=user.email)
            bus.publish(facts.KnownAddressSignedUp(user_id=known.pk))
        else:
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
            bus.publish(facts.SignedUp(user_id=user.pk))
    return user.email


def _check(user: User, password: str) -> None:
    problems = []
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        problems += problems_of(error)
    problems += password_problems(password, user)
    if problems:
        raise Refused(*problems)


def password_problems(password: str, user: User, field: str = "password") -> list[Problem]:
    """Return what is wrong with a new password: too short or long, too common, too close to the account's data."""
    if len(password) > MAX_PASSWORD_LENGTH:
        return [Problem(Code.TOO_LONG, f"Choose a password of at most {MAX_PASSWORD_LENGTH} characters.", field)]
    try:
        validate_password(password, user)
    except ValidationError as error:
        return problems_of(error, field)
    return []


def send_verification_mail(*, user_id: int) -> None:
    """Mail the key that proves the address; nothing happens if it is proved already. A system act."""
    address = EmailAddress.objects.filter(user_id=user_id, verified=False).select_related("user").first()
    if address is None:
        return
    key = EmailConfirmationHMAC(address).key
    context = {"user": address.user, "key": key, "link": f"{settings.PUBLIC_URL}/verify-email?key={key}"}
    _mail("verify_email", "Prove your address", address.email, context)


def send_account_exists_mail(*, user_id: int) -> None:
    """Tell the owner of an address that somebody tried to sign up with it. A system act."""
    user = User.objects.get(pk=user_id)
    if not user.is_email_verified:
        send_verification_mail(user_id=user_id)
        return
    _mail("account_exists", "You have an account already", user.email, {"user": user})


def _mail(template: str, subject: str, to: str, context: dict[str, object]) -> None:
    send_mail(
        subject,
        render_to_string(f"accounts/{template}.txt", context),
        None,
        [to],
        html_message=render_to_string(f"accounts/{template}.html", context),
    )
