"""Proving an address: its owner gets the account as they asked for it, whoever asked before, between or after."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail, signing

from domains.accounts import facts, services, tokens
from domains.accounts.models import Session, SignUpAttempt, User, UserProfile, UserType
from domains.accounts.tokens import KeyPurpose
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from tests.factories import PASSWORD, UserFactory
from tests.factories.accounts import SignUpAttemptFactory

ADDRESS = "victim@example.org"
MALLORY, VICTIM = "mallory was here first", "my own long password"


def sign_up(password: str, name: str) -> str:
    """Sign up with the victim's address and return the key that was mailed."""
    services.sign_up(
        email=ADDRESS,
        password=password,
        display_name=name,
        user_type=UserType.HOST if name == "Mallory" else UserType.VOLUNTEER,
        zip_code="10001" if name == "Mallory" else "94110",
        ip_address="203.0.113.1",
    )
    found = re.search(r"\?key=(\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def log_in(password: str) -> str:
    """Return what an attempt to log in met."""
    try:
        services.log_in(email=ADDRESS, password=password, device_name="", ip_address="203.0.113.1")
    except Refused as refusal:
        return refusal.problems[0].code
    return "in"


def assert_expired(key: str) -> None:
    with pytest.raises(Refused, match="EXPIRED"):
        services.verify_email(key=key)


@pytest.mark.django_db(transaction=True)
def test_who_signed_up_before_the_owner_has_nothing_once_the_owner_proves_the_address() -> None:
    early = sign_up(MALLORY, "Mallory")
    session = services.verify_email(key=sign_up(VICTIM, "Victoria")).session
    user = User.objects.get()
    assert session.user == user
    assert user.is_email_verified
    assert (user.display_name, user.user_type, user.zip_code) == ("Victoria", UserType.VOLUNTEER, "94110")
    assert (log_in(MALLORY), log_in(VICTIM)) == ("BAD_CREDENTIALS", "in")
    assert_expired(early)
    assert not SignUpAttempt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_signs_up_between_the_owners_mail_and_click_does_not_win() -> None:
    key = sign_up(VICTIM, "Victoria")
    late = sign_up(MALLORY, "Mallory")
    services.verify_email(key=key)
    assert User.objects.get().display_name == "Victoria"
    assert (log_in(MALLORY), log_in(VICTIM)) == ("BAD_CREDENTIALS", "in")
    assert_expired(late)
    assert_expired(key)
    assert Session.objects.count() == 2
    assert OutboxEntry.objects.filter(fact=facts.EmailVerified.name()).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_unproved_address_that_signs_up_again_gets_a_new_key_and_either_works() -> None:
    first, second = sign_up(VICTIM, "Victoria"), sign_up(VICTIM, "Vicky")
    assert first != second
    services.verify_email(key=first)
    assert User.objects.get().display_name == "Victoria"


@pytest.mark.django_db
def test_a_key_works_for_a_day() -> None:
    key = tokens.sign_key(KeyPurpose.VERIFY_EMAIL, SignUpAttemptFactory().pk)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1, seconds=2), tick=False):
        assert_expired(key)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=23), tick=False):
        services.verify_email(key=key)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": True}])
def test_a_key_is_worth_nothing_for_an_account_that_is_suspended_or_of_staff(change: dict[str, bool]) -> None:
    attempt = SignUpAttemptFactory()
    User.objects.update(**change)
    assert_expired(tokens.sign_key(KeyPurpose.VERIFY_EMAIL, attempt.pk))
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_an_attempt_takes_nothing_over_once_the_address_was_proved_another_way() -> None:
    attempt = SignUpAttemptFactory(display_name="Mallory")
    attempt.user.emailaddress_set.update(verified=True)
    before = User.objects.values().get()
    assert_expired(tokens.sign_key(KeyPurpose.VERIFY_EMAIL, attempt.pk))
    assert User.objects.values().get() == before


@pytest.mark.django_db
def test_what_was_signed_for_something_else_is_no_key() -> None:
    attempt = SignUpAttemptFactory()
    session = services.begin_session(user=attempt.user)
    for key in (signing.TimestampSigner().sign(str(attempt.pk)), session.tokens.access_token, str(attempt.pk)):
        assert_expired(key)
    assert not User.objects.get().is_email_verified


@pytest.mark.django_db
def test_keys_of_the_former_secret_key_still_count(settings) -> None:
    key = tokens.sign_key(KeyPurpose.VERIFY_EMAIL, SignUpAttemptFactory().pk)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new secret key, long enough for anybody"
    assert services.verify_email(key=key).session.user.check_password(PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize(("known", "said", "kept"), [(None, 1990, 1990), (None, None, None), (1985, 1990, 1985)])
def test_the_year_of_birth_comes_from_the_attempt_that_was_proved_unless_one_is_known(
    known: int | None, said: int | None, kept: int | None
) -> None:
    user = UserFactory(unverified=True, password=None, profile__birth_year=known)
    SignUpAttemptFactory(user=user, birth_year=2000)
    attempt = SignUpAttemptFactory(user=user, birth_year=said)
    services.verify_email(key=tokens.sign_key(KeyPurpose.VERIFY_EMAIL, attempt.pk))
    assert UserProfile.objects.get(user=user).birth_year == kept
