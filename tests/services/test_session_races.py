"""Races for one token: the row's lock lets one win, whatever comes at once."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from domains.accounts import facts, services, tokens
from domains.accounts.models import EmailChange, PasswordReset, Session, SignUpAttempt, User, UserType
from domains.accounts.services.sign_up import MAX_ATTEMPTS_PER_DAY
from domains.accounts.tokens import KeyPurpose
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from tests.factories import PASSWORD, UserFactory
from tests.factories.accounts import SignUpAttemptFactory
from tests.threads import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def test_ten_refreshes_at_once_give_one_successor() -> None:
    token = services.begin_session(user=UserFactory()).tokens.refresh_token
    answers = at_once(lambda _: services.refresh_session(refresh_token=token).tokens.refresh_token, 10)
    assert len(set(answers)) == 1
    assert answers[0] != token
    session = Session.objects.get()
    assert (session.generation, session.ended_at) == (1, None)


def test_a_key_from_a_mail_used_ten_times_at_once_begins_one_session() -> None:
    key = tokens.sign_key(KeyPurpose.VERIFY_EMAIL, SignUpAttemptFactory().pk)
    answers = at_once(lambda _: services.verify_email(key=key), 10)
    assert sum(not isinstance(answer, Refused) for answer in answers) == 1
    assert Session.objects.count() == 1


def test_the_keys_of_ten_attempts_used_at_once_give_the_account_to_one_of_them() -> None:
    user = UserFactory(unverified=True, password=None)
    attempts = [SignUpAttemptFactory(user=user, display_name=f"Twin {number}") for number in range(10)]
    keys = [tokens.sign_key(KeyPurpose.VERIFY_EMAIL, attempt.pk) for attempt in attempts]
    answers = at_once(lambda number: services.verify_email(key=keys[number]), 10)
    (winner,) = [number for number, answer in enumerate(answers) if not isinstance(answer, Refused)]
    user.refresh_from_db()
    assert (user.display_name, user.password) == (f"Twin {winner}", attempts[winner].password)
    assert (Session.objects.count(), SignUpAttempt.objects.count()) == (1, 0)


def test_ten_sign_ups_with_one_address_at_once_make_one_account() -> None:
    def sign_up(number: int) -> str:
        return services.sign_up(
            email="twin@example.org",
            password="correct horse battery",
            display_name=f"Twin {number}",
            user_type=UserType.VOLUNTEER,
            zip_code="",
            ip_address=f"203.0.113.{number}",
        )

    assert at_once(sign_up, 10) == ["twin@example.org"] * 10
    user = User.objects.get()
    address = EmailAddress.objects.get()
    assert (address.user_id, address.email, address.primary, address.verified) == (user.pk, user.email, True, False)
    attempts = list(SignUpAttempt.objects.order_by("pk").values_list("pk", flat=True))
    assert len(attempts) == MAX_ATTEMPTS_PER_DAY
    told = OutboxEntry.objects.order_by("payload__attempt_id").values_list("fact", "payload")
    assert list(told) == [(facts.SignedUp.name(), {"user_id": user.pk, "attempt_id": pk}) for pk in attempts]
    assert [message.to for message in mail.outbox] == [[user.email]] * MAX_ATTEMPTS_PER_DAY


def test_a_key_to_a_new_password_used_ten_times_at_once_works_once() -> None:
    user = UserFactory()
    services.request_password_reset(email=user.email, ip_address="203.0.113.1")
    key = tokens.sign_key(KeyPurpose.RESET_PASSWORD, PasswordReset.objects.get().pk)
    passwords = [f"seven quiet otters knitting {number}" for number in range(10)]
    answers = at_once(lambda number: services.reset_password(key=key, new_password=passwords[number]), 10)
    (winner,) = [number for number, answer in enumerate(answers) if not isinstance(answer, Refused)]
    user.refresh_from_db()
    assert user.check_password(passwords[winner])
    assert Session.objects.filter(ended_at=None).count() == 1


def test_one_address_that_ten_accounts_ask_for_goes_to_one_of_them() -> None:
    changes = [
        EmailChange.objects.create(user=user, old_email=user.email, new_email="twin@example.org")
        for user in UserFactory.create_batch(10)
    ]
    keys = [tokens.sign_key(KeyPurpose.CHANGE_EMAIL, change.pk) for change in changes]
    answers = at_once(lambda number: services.verify_email(key=keys[number]), 10)
    assert sum(not isinstance(answer, Refused) for answer in answers) == 1
    assert User.objects.filter(email="twin@example.org").count() == 1
    assert EmailAddress.objects.filter(email="twin@example.org").count() == 1


def test_ten_changes_of_one_password_at_once_leave_the_one_that_won() -> None:
    user = UserFactory()
    passwords = [f"seven quiet otters knitting {number}" for number in range(10)]

    def change(number: int) -> services.OpenSession:
        return services.change_password(
            actor=User.objects.get(pk=user.pk), session=None, current_password=PASSWORD, new_password=passwords[number]
        )

    answers = at_once(change, 10)
    user.refresh_from_db()
    (winner,) = [number for number, answer in enumerate(answers) if not isinstance(answer, Refused)]
    assert user.check_password(passwords[winner])


def test_changes_log_outs_and_refreshes_at_once_never_wait_in_a_circle() -> None:
    user = UserFactory()
    opened = [services.begin_session(user=user) for _ in range(6)]
    passwords = [f"seven quiet otters knitting {number}" for number in range(6)]

    def act(number: int) -> object:
        actor, mine = User.objects.get(pk=user.pk), opened[number % 6]
        if number % 3 == 0:
            return services.change_password(
                actor=actor,
                session=mine.session,
                current_password=PASSWORD,
                new_password=passwords[number // 3],
                ip_address=f"198.51.100.{number}",
            )
        if number % 3 == 1:
            return services.log_out(actor=actor, session=None, refresh_token=None, everywhere=True)
        return services.refresh_session(refresh_token=mine.tokens.refresh_token, ip_address=f"203.0.113.{number}")

    at_once(act, 18)  # a deadlock would be an OperationalError, which no act refuses with
