"""Proving an address by the key from the mail: that of a new account, or the new one of an account."""

from __future__ import annotations

from contextlib import suppress

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from domains.accounts import facts, tokens
from domains.accounts.errors import AccountCode
from domains.accounts.models import EmailChange, LogInProvider, PasswordReset, SignUpAttempt, User, UserProfile
from domains.accounts.providers.identify import Identity
from domains.accounts.second_factors import has_second_factor
from domains.accounts.services.begin_session import OpenSession, begin_session
from domains.accounts.services.link_provider import add_link
from domains.accounts.services.sign_up import address_taken, mark_verified
from domains.accounts.tokens import KeyPurpose
from domains.base import bus
from domains.base.errors import Refused


def verify_email(*, key: str, ip_address: str = "") -> OpenSession:
    """Mark the address as proved, and begin a session.

    The key of a sign-up gives the account the values of its attempt and ends all other attempts with the same address.
    The key of a change gives the account its new address. A key works once and for a day; else EXPIRED. Refuses with
    DUPLICATE if another account has proved the new address meanwhile.

    For a person with a second factor no session begins: once the address is proved, it refuses with MFA_REQUIRED.
    """
    with transaction.atomic():
        user = _verify(key)
        if not has_second_factor(user):
            return begin_session(user=user, ip_address=ip_address)
    raise Refused.because(AccountCode.MFA_REQUIRED, "Your address is proved. Now log in, with your second factor.")


def _verify(key: str) -> User:
    try:
        attempt_id = tokens.read_key(KeyPurpose.VERIFY_EMAIL, key)
    except tokens.BadToken:
        return _change_email(key)
    with transaction.atomic():
        # The account is locked first, as in sign_up; its related rows are read under the lock.
        user = (
            User.objects.select_for_update(of=("self",))
            .filter(sign_up_attempts=attempt_id, is_active=True, is_staff=False)
            .first()
        )
        attempt = user.sign_up_attempts.filter(pk=attempt_id).first() if user else None
        if user is None or attempt is None:
            raise _expired()
        if not mark_verified(user):
            raise _expired()
        _apply_attempt(user, attempt)
        user.sign_up_attempts.all().delete()
        bus.publish(facts.EmailVerified(user_id=user.pk))
        return user


def _apply_attempt(user: User, attempt: SignUpAttempt) -> None:
    if attempt.provider:
        add_link(user, Identity(LogInProvider(attempt.provider), attempt.provider_uid))
    user.password = attempt.password
    user.display_name = attempt.display_name
    user.user_type = attempt.user_type
    user.zip_code = attempt.zip_code
    user.save(update_fields=["password", "display_name", "user_type", "zip_code"])
    if attempt.birth_year is not None:
        # An existing year was given by the account's owner, or corrected by staff.
        UserProfile.objects.filter(user=user, birth_year__isnull=True).update(birth_year=attempt.birth_year)


def _change_email(key: str) -> User:
    try:
        change_id = tokens.read_key(KeyPurpose.CHANGE_EMAIL, key)
    except tokens.BadToken:
        raise _expired() from None
    open_changes = EmailChange.objects.filter(pk=change_id, done_at__isnull=True)
    with suppress(IntegrityError), transaction.atomic():
        # Both accounts are locked at once, in the order of their ids: two that swap addresses wait for each other.
        named = Q(email_changes__in=open_changes) | Q(email__in=open_changes.values("new_email"))
        people = User.objects.filter(pk__in=User.objects.filter(named).values("pk")).order_by("pk").select_for_update()
        locked = list(people)
        change = open_changes.first()
        user = next((one for one in locked if change and one.pk == change.user_id and one.is_active), None)
        if user is None or change is None:
            raise _expired()
        for other in locked:
            if other.email == change.new_email:
                _remove_unproved(other)
        _give_address(user, change.new_email)
        change.done_at = timezone.now()
        change.save(update_fields=["done_at"])
        bus.publish(facts.EmailChanged(change_id=change.pk))
        return user
    raise address_taken()


def _remove_unproved(other: User) -> None:
    """Remove what a sign-up left behind whose key was never used; refuse if the account is or may become somebody's."""
    recent = timezone.now() - tokens.KEY_LIFETIMES[KeyPurpose.VERIFY_EMAIL]
    is_left_over = other.is_active and not other.is_staff and not other.is_email_verified
    if not is_left_over or other.sessions.exists() or not other.sign_up_attempts.exists():
        raise address_taken()
    if other.sign_up_attempts.filter(created_at__gt=recent).exists():
        # The person who signs up with the address may have taken this mail for that of the sign-up.
        raise address_taken()
    other.delete()


def _give_address(user: User, address: str) -> None:
    PasswordReset.objects.filter(email__in=[user.email, address]).delete()
    user.emailaddress_set.all().delete()
    user.emailaddress_set.create(email=address, primary=True, verified=True)
    # Networks are stored by a hash of the address.
    user.known_networks.all().delete()
    user.sign_up_attempts.all().delete()
    user.email = address
    user.save(update_fields=["email"])


def _expired() -> Refused:
    return Refused.because(
        AccountCode.EXPIRED, "This key was used or has expired: ask for a new one where you got this one.", "key"
    )
