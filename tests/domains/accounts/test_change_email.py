"""Changing an address: requested with the password, done with the key from the mail to the new one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress

from domains.accounts import services, tasks, tokens
from domains.accounts.models import EmailChange, User
from domains.accounts.tokens import KeyPurpose
from domains.base.errors import Refused
from tests.domains.accounts.mailed_keys import last_key, subjects_to
from tests.factories import PASSWORD, UserFactory
from tests.factories.accounts import SignUpAttemptFactory

OLD, NEW = "ada@example.org", "ada@new.example"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(transactional_db: None) -> User:
    return UserFactory(email=OLD)


def ask(ada: User, new_email: str = NEW, password: str = PASSWORD) -> str:
    return services.change_email(actor=ada, session=None, new_email=new_email, password=password)


def test_the_address_changes_when_the_new_one_is_proved(ada: User) -> None:
    assert ask(ada, " ADA@New.Example ") == NEW
    assert User.objects.get().email == OLD
    opened = services.verify_email(key=last_key(NEW), ip_address="203.0.113.1")
    assert (opened.session.user, User.objects.get().email) == (ada, NEW)
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(NEW, True, True)]
    assert User.objects.get().is_email_verified
    assert subjects_to(OLD) == ["Request to change your email address", "Your email address was changed"]
    assert subjects_to(NEW) == ["Prove your new address"]
    services.log_in(email=NEW, password=PASSWORD, device_name="", ip_address="203.0.113.1")
    with pytest.raises(Refused, match="BAD_CREDENTIALS"):
        services.log_in(email=OLD, password=PASSWORD, device_name="", ip_address="203.0.113.1")


def test_a_key_works_once_for_a_day_and_until_the_next_request(ada: User) -> None:
    ask(ada)
    first, now = last_key(NEW), datetime.now(UTC)
    ask(ada, "ada@third.example")
    with pytest.raises(Refused, match="EXPIRED"):
        services.verify_email(key=first)
    key = last_key("ada@third.example")
    with time_machine.travel(now + timedelta(hours=25)), pytest.raises(Refused, match="EXPIRED"):
        services.verify_email(key=key)
    services.verify_email(key=key)
    with pytest.raises(Refused, match="EXPIRED"):
        services.verify_email(key=key)


def test_an_address_with_an_account_is_answered_alike_and_its_owner_is_told(ada: User) -> None:
    UserFactory(email=NEW)
    assert ask(ada) == NEW
    assert subjects_to(NEW) == ["You have an account already"]
    forged = tokens.sign_key(KeyPurpose.CHANGE_EMAIL, EmailChange.objects.get().pk)
    with pytest.raises(Refused, match="DUPLICATE"):
        services.verify_email(key=forged)
    assert User.objects.get(pk=ada.pk).email == OLD


def test_an_account_that_nobody_proved_gives_way_to_who_proves_the_address(ada: User) -> None:
    other = UserFactory(email=NEW, unverified=True, password=None)
    SignUpAttemptFactory(user=other, created_at=datetime.now(UTC) - timedelta(days=2))
    ask(ada)
    services.verify_email(key=last_key(NEW))
    assert [user.email for user in User.objects.all()] == [NEW]


@pytest.mark.parametrize("with_attempt", [True, False])
def test_an_account_that_may_become_somebodys_does_not_give_way(ada: User, with_attempt: bool) -> None:
    """One that was signed up for just now, whose key may be in the same mailbox, and one that staff made."""
    other = UserFactory(email=NEW, unverified=True, password=None)
    if with_attempt:
        SignUpAttemptFactory(user=other)
    ask(ada)
    with pytest.raises(Refused, match="DUPLICATE"):
        services.verify_email(key=last_key(NEW))
    assert User.objects.count() == 2


@pytest.mark.usefixtures("one_window")
def test_an_address_gets_five_of_these_mails_a_day_from_all_accounts(ada: User) -> None:
    for user in UserFactory.create_batch(7):
        assert ask(user, NEW) == NEW
    assert len(subjects_to(NEW)) == 5


@pytest.mark.parametrize(
    ("new_email", "password", "problem"),
    [
        (NEW, "not my password", ("BAD_CREDENTIALS", "password")),
        (OLD.upper(), PASSWORD, ("INVALID", "new_email")),
        ("no address", PASSWORD, ("INVALID", "new_email")),
        ("", PASSWORD, ("REQUIRED", "new_email")),
    ],
)
def test_what_is_refused_changes_nothing(ada: User, new_email: str, password: str, problem: tuple[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        ask(ada, new_email, password)
    assert [(one.code, one.field) for one in refused.value.problems] == [problem]
    assert not EmailChange.objects.exists()


@pytest.mark.usefixtures("one_window")
def test_an_account_asks_five_times_a_day(ada: User) -> None:
    for number in range(5):
        ask(ada, f"ada{number}@new.example")
    with pytest.raises(Refused, match="RATE_LIMITED"):
        ask(ada)


def test_a_closed_account_keeps_its_address(ada: User) -> None:
    ask(ada)
    key = last_key(NEW)
    User.objects.update(is_active=False)
    with pytest.raises(Refused, match="EXPIRED"):
        services.verify_email(key=key)


def test_old_requests_are_removed(ada: User) -> None:
    ask(ada)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31)):
        tasks.remove_old_traces()
    assert not EmailChange.objects.exists()
