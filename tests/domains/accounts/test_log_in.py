"""Logging in before the address is proved, and what the refusal may tell."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext

from domains.accounts import services
from domains.accounts.models import Session
from domains.base.errors import Refused
from tests.factories import PASSWORD, UserFactory
from tests.factories.accounts import SignUpAttemptFactory

pytestmark = pytest.mark.django_db


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


def test_every_refusal_costs_one_statement_and_one_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = SignUpAttemptFactory()
    SignUpAttemptFactory(user=attempt.user)
    people = [
        attempt.user.email,
        UserFactory().email,
        UserFactory(unverified=True, password=None).email,
        "no@b.example",
    ]
    hashed = []
    encode = hashers.MD5PasswordHasher.encode

    def watched(*args: Any) -> str:
        hashed.append(1)
        return encode(*args)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", watched)
    costs = []
    for email in people:
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            assert refusal(email, "wrong wrong wrong") == "BAD_CREDENTIALS"
        # One more statement is this test's own question about sessions.
        costs.append((len(queries), len(hashed)))
    assert costs == [(2, 1)] * 4
