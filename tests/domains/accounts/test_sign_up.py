"""Signing up: each attempt at an unproved address stands for itself, few a day; nobody is told more than before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import hashers
from django.contrib.auth.hashers import check_password
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.urls import reverse

from domains.accounts import facts, services, tasks
from domains.accounts.models import SignUpAttempt, User, UserProfile, UserType
from domains.base import bus
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from tests.factories import UserFactory
from tests.factories.accounts import SignUpAttemptFactory

committed = pytest.mark.django_db(transaction=True)


def sign_up(**changes: Any) -> str:
    wish: dict[str, Any] = {
        "email": "ada@example.org",
        "password": "correct horse battery",
        "display_name": "Ada",
        "user_type": UserType.VOLUNTEER,
        "zip_code": "94110",
        "ip_address": "203.0.113.1",
    }
    return services.sign_up(**{**wish, **changes})


@pytest.mark.django_db
def test_an_account_takes_nothing_but_its_name_before_its_address_is_proved() -> None:
    sign_up()
    user = User.objects.get()
    assert not user.has_usable_password()
    assert not user.is_email_verified
    attempt = SignUpAttempt.objects.get(user=user)
    assert check_password("correct horse battery", attempt.password)
    assert (attempt.display_name, attempt.user_type, attempt.zip_code) == ("Ada", UserType.VOLUNTEER, "94110")
    assert [entry.payload for entry in OutboxEntry.objects.filter(fact=facts.SignedUp.name())] == [
        {"user_id": user.pk, "attempt_id": attempt.pk}
    ]


@pytest.mark.django_db
def test_a_second_attempt_changes_neither_the_account_nor_the_first() -> None:
    sign_up()
    before = User.objects.values().get(), SignUpAttempt.objects.values().get()
    sign_up(password="mallory was here too", display_name="Mallory", user_type=UserType.HOST, zip_code="10001")
    first, second = SignUpAttempt.objects.order_by("pk")
    assert (User.objects.values().get(), SignUpAttempt.objects.values().get(pk=first.pk)) == before
    assert (second.display_name, second.user_type, second.zip_code) == ("Mallory", UserType.HOST, "10001")


@pytest.mark.django_db
def test_sixty_four_emoji_and_outer_spaces_are_a_password_as_typed() -> None:
    sign_up(password="  " + "🦊" * 64)
    assert check_password("  " + "🦊" * 64, SignUpAttempt.objects.get().password)


@committed
def test_an_address_gets_five_mails_a_day_and_the_same_answer_after_them() -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        for number in range(7):
            assert sign_up(ip_address=f"203.0.113.{number}") == "ada@example.org"
        sign_up(email="ben@example.org")
        assert [message.to[0] for message in mail.outbox] == ["ada@example.org"] * 5 + ["ben@example.org"]
        assert SignUpAttempt.objects.filter(user__email="ada@example.org").count() == 5
        clock.shift(timedelta(days=1, seconds=1))
        sign_up()
        assert len(mail.outbox) == 7


@pytest.mark.django_db
def test_attempts_are_not_kept_for_ever() -> None:
    for days, email in ((31, "ada@example.org"), (31, "ben@example.org"), (29, "ben@example.org")):
        with time_machine.travel(datetime.now(UTC) - timedelta(days=days)):
            sign_up(email=email)
    sign_up()
    assert SignUpAttempt.objects.filter(user__email="ada@example.org").count() == 1
    tasks.remove_old_traces()
    assert SignUpAttempt.objects.filter(user__email="ben@example.org").count() == 1


@committed
def test_the_owner_of_a_proved_address_hears_of_it_once_a_day_and_nothing_changes() -> None:
    UserFactory(email="ada@example.org")
    before = User.objects.values().get()
    for _ in range(3):
        sign_up(display_name="Mallory")
    assert [message.subject for message in mail.outbox] == ["You have an account already"]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1, seconds=1)):
        sign_up()
    assert len(mail.outbox) == 2
    assert User.objects.values().get() == before
    assert not OutboxEntry.objects.filter(fact=facts.SignedUp.name()).exists(), "no attempt gets a key"


@committed
@pytest.mark.parametrize("who", [{"superuser": True}, {"superuser": True, "unverified": True}])
def test_an_account_of_staff_is_never_had_by_signing_up(who: dict[str, bool]) -> None:
    UserFactory(email="ada@example.org", **who)
    sign_up()
    assert not OutboxEntry.objects.filter(fact=facts.SignedUp.name()).exists(), "no attempt gets a key"
    assert [message.subject for message in mail.outbox] == ["You have an account already"]


@committed
def test_a_fact_that_is_told_twice_is_mailed_once() -> None:
    sign_up()
    OutboxEntry.objects.update(done_at=None, due_at="2020-01-01T00:00:00Z")
    assert bus.deliver_overdue() == 1
    assert len(mail.outbox) == 1
    sign_up()
    assert len(mail.outbox) == 2, "another attempt has a mail of its own"


@committed
@pytest.mark.parametrize("known", [None, {"unverified": True}, {}], ids=["unknown", "unproved", "proved"])
def test_one_password_is_hashed_whatever_is_known_and_outside_the_transaction(
    known: dict[str, bool] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing is slow by design: SQLite's only writer does not wait for it, and it tells nothing."""
    if known is not None:
        UserFactory(email="ada@example.org", **known)
    in_transaction = []
    encode = hashers.MD5PasswordHasher.encode

    def watched(*args: Any) -> str:
        in_transaction.append(connection.in_atomic_block)
        return encode(*args)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", watched)
    sign_up()
    assert in_transaction == [False]


@pytest.mark.django_db
def test_staff_read_attempts_but_no_password_and_change_none(client: Client) -> None:
    attempt = SignUpAttemptFactory()
    client.force_login(UserFactory(superuser=True))
    for page in (
        reverse("admin:accounts_signupattempt_changelist"),
        reverse("admin:accounts_signupattempt_change", args=[attempt.pk]),
    ):
        content = client.get(page).content.decode()
        assert attempt.user.email in content or str(attempt.user) in content
        assert attempt.password not in content
    assert client.post(reverse("admin:accounts_signupattempt_delete", args=[attempt.pk])).status_code == 403
    assert client.post(reverse("admin:accounts_signupattempt_change", args=[attempt.pk])).status_code == 403


@pytest.mark.django_db
def test_a_year_of_birth_waits_in_the_attempt_and_who_is_too_young_is_told() -> None:
    sign_up(birth_year=1990)
    assert SignUpAttempt.objects.get().birth_year == 1990
    assert UserProfile.objects.get().birth_year is None
    for year in (datetime.now(UTC).year - 10, 1899, 3000):
        with pytest.raises(Refused) as refused:
            sign_up(email="bo@example.org", birth_year=year, zip_code="1")
        assert [(problem.code, problem.field) for problem in refused.value.problems] == [
            ("INVALID", "zip_code"),
            ("INVALID", "birth_year"),
        ]
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("one_window")
def test_one_network_signs_up_as_often_in_an_hour_as_the_setting_says(settings) -> None:
    settings.SIGN_UPS_PER_HOUR = 3
    for number in range(3):
        sign_up(email=f"ada{number}@example.org", ip_address=f"2001:db8:1:2::{number}")
    with pytest.raises(Refused) as refused:
        sign_up(email="ada4@example.org", ip_address="2001:db8:1:2:ffff::9")
    (problem,) = refused.value.problems
    assert problem.code == "RATE_LIMITED"
    assert problem.retry_after is not None
    assert 0 < problem.retry_after <= 3600
    assert User.objects.count() == 3
    sign_up(email="ada4@example.org", ip_address="2001:db8:1:3::9")


WORDS = "Congratulations, you won the lottery: https://evil.example/x"


@committed
@pytest.mark.parametrize("known", [None, {"unverified": True}, {}], ids=["unknown", "unproved", "proved"])
def test_mails_to_an_address_that_somebody_typed_carry_none_of_their_words(known: dict[str, bool] | None) -> None:
    if known is not None:
        UserFactory(email="ada@example.org", display_name=WORDS, **known)
    sign_up(display_name=WORDS)
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    for text in (message.subject, message.body, message.alternatives[0][0], message.message().as_string()):
        for word in ("Congratulations", "lottery", "evil.example"):
            assert word not in str(text)


@committed
def test_line_breaks_in_a_name_or_an_address_make_no_header() -> None:
    sign_up(display_name="Ada\r\nBcc: eve@example.org")
    with pytest.raises(Refused):
        sign_up(email="ada@example.org\r\nBcc: eve@example.org")
    (message,) = mail.outbox
    assert "\nBcc:" not in message.message().as_string()
    assert message.recipients() == ["ada@example.org"]
