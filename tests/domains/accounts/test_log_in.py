"""Logging in before the address is proved, and what the refusal may tell."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext

from domains.accounts import facts, services, tokens
from domains.accounts.models import Session, UserType
from domains.accounts.tokens import KeyPurpose
from domains.base.errors import Problem, Refused
from domains.base.models import OutboxEntry
from tests.factories import PASSWORD, UserFactory
from tests.factories.accounts import SignUpAttemptFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _many_guesses(settings) -> None:
    """What guesses cost and say is asked here; how many there may be, in `test_guesses.py`."""
    settings.RATE_LIMITS = False


def sign_up(email: str, password: str) -> str:
    return services.sign_up(
        email=email,
        password=password,
        display_name="Mallory",
        user_type=UserType.HOST,
        zip_code="10001",
        ip_address="203.0.113.1",
        birth_year=1980,
    )


def refusal(email: str, password: str) -> str:
    with pytest.raises(Refused) as caught:
        services.log_in(email=email, password=password, device_name="", ip_address="203.0.113.1")
    assert not Session.objects.exists()
    return caught.value.problems[0].code


def test_only_the_newest_attempts_password_is_told_that_the_address_is_not_proved() -> None:
    older = SignUpAttemptFactory(password=make_password("the older password"))
    SignUpAttemptFactory(user=older.user)
    email = older.user.email
    assert refusal(email, PASSWORD) == "EMAIL_NOT_VERIFIED"
    assert refusal(email, "the older password") == "BAD_CREDENTIALS"
    assert refusal(email, "neither of the two") == "BAD_CREDENTIALS"


def test_somebody_added_by_staff_is_told_to_prove_the_address() -> None:
    assert refusal(UserFactory(unverified=True).email, PASSWORD) == "EMAIL_NOT_VERIFIED"


def test_a_password_that_nobody_has_fits_no_account_without_one() -> None:
    for password in ("", "!", hashers.UNUSABLE_PASSWORD_PREFIX * 2):
        assert refusal(UserFactory(unverified=True, password=None).email, password) == "BAD_CREDENTIALS"


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that is hashed, in order."""
    passwords = []
    encode = hashers.MD5PasswordHasher.encode

    def watched(self: Any, password: str, *args: Any) -> str:
        passwords.append(password)
        return encode(self, password, *args)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", watched)
    return passwords


def people() -> dict[str, str]:
    """Return an address of each kind that an address can be of."""
    attempt = SignUpAttemptFactory()
    SignUpAttemptFactory(user=attempt.user)
    return {
        "unproved": attempt.user.email,
        "proved": UserFactory().email,
        "suspended": UserFactory(is_active=False).email,
        "without a password": UserFactory(unverified=True, password=None).email,
        "staff": UserFactory(superuser=True).email,
        "staff that has not proved it": UserFactory(superuser=True, unverified=True).email,
        "unknown": "no@b.example",
        "no address": "no address",
    }


def test_every_refusal_costs_the_same_statements_and_comparisons(hashed: list[str]) -> None:
    costs = {}
    for kind, email in people().items():
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            assert refusal(email, "wrong wrong wrong") == "BAD_CREDENTIALS"
        # One more statement is this test's own question about sessions.
        costs[kind] = (len(queries), len(hashed))
    assert costs == dict.fromkeys(costs, (3, 2))


def test_a_password_that_is_too_long_is_hashed_for_nobody(hashed: list[str]) -> None:
    for email in people().values():
        hashed.clear()
        assert refusal(email, "x" * 257) == "BAD_CREDENTIALS"
        assert hashed == []


def test_signing_up_and_logging_in_tells_nothing_about_the_address(hashed: list[str]) -> None:
    """Somebody signs up with a stranger's address and a password of their own, and looks what that opens."""
    seen = {}
    for kind, email in people().items():
        if kind == "no address":
            continue
        hashed.clear()
        answers: list[object] = [sign_up(email, "what mallory chose") == email]
        for password in ("what mallory chose", "wrong wrong wrong"):
            with pytest.raises(Refused) as refused:
                services.log_in(email=email, password=password, device_name="", ip_address="203.0.113.1")
            answers += [*refused.value.problems, len(hashed)]
        seen[kind] = tuple(answers)
    assert len(set(seen.values())) == 1
    assert [problem.code for problem in seen["unknown"] if isinstance(problem, Problem)] == [
        "EMAIL_NOT_VERIFIED",
        "BAD_CREDENTIALS",
    ]
    assert not Session.objects.exists()


def test_the_owner_of_a_proved_address_still_logs_in_after_strangers_signed_up_with_it() -> None:
    user = UserFactory()
    sign_up(user.email, "what mallory chose")
    opened = services.log_in(email=user.email, password=PASSWORD, device_name="", ip_address="203.0.113.1")
    assert isinstance(opened, services.OpenSession)
    assert opened.session.user == user


def test_an_attempt_at_a_proved_address_keeps_the_password_only_and_has_no_key() -> None:
    user = UserFactory()
    sign_up(user.email, "what mallory chose")
    attempt = user.sign_up_attempts.get()
    assert (attempt.display_name, attempt.zip_code, attempt.birth_year) == ("", "", None)
    assert not OutboxEntry.objects.filter(fact=facts.SignedUp.name()).exists()
    with pytest.raises(Refused, match="EXPIRED"):
        services.verify_email(key=tokens.sign_key(KeyPurpose.VERIFY_EMAIL, attempt.pk))


def test_past_the_attempts_of_a_day_both_are_refused_alike() -> None:
    answers = []
    for email in (UserFactory().email, "unknown@example.org"):
        for number in range(6):
            sign_up(email, f"what mallory chose {number}")
        answers.append([refusal(email, f"what mallory chose {number}") for number in (4, 5)])
    assert answers == [["EMAIL_NOT_VERIFIED", "BAD_CREDENTIALS"]] * 2
