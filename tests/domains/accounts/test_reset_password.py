"""Resetting a password: alike for known and unknown addresses, once, for an hour, and the end of all sessions."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
import time_machine
from django.core import mail

from domains.accounts import services, tasks, tokens
from domains.accounts.models import PasswordReset, Session, User
from domains.accounts.tokens import KeyPurpose
from domains.base.errors import Refused
from tests.domains.accounts.mailed_keys import last_key, subjects_to
from tests.factories import PASSWORD, UserFactory
from tests.factories.accounts import SignUpAttemptFactory
from tests.sql import statements_of

NEW = "seven quiet otters knitting"
ADDRESS = "ada@example.org"
committed = pytest.mark.django_db(transaction=True)
#: What differs in two statements of the same kind.
VALUES = re.compile(r"'[^']*'|\b\d+\b")


def ask(email: str = ADDRESS, ip_address: str = "203.0.113.1") -> str:
    return services.request_password_reset(email=email, ip_address=ip_address)


def log_in(password: str) -> str:
    """Return what an attempt to log in met."""
    try:
        services.log_in(email=ADDRESS, password=password, device_name="", ip_address="198.51.100.7")
    except Refused as refusal:
        return str(refusal.problems[0].code)
    return "in"


@pytest.fixture
def ada(transactional_db: None) -> User:
    return UserFactory(email=ADDRESS)


@committed
def test_the_key_from_the_mail_sets_a_new_password_and_logs_in(ada: User) -> None:
    assert ask(" ADA@example.org ") == ADDRESS
    opened = services.reset_password(key=last_key(ADDRESS), new_password=NEW, ip_address="203.0.113.1")
    assert isinstance(opened, services.OpenSession)
    assert opened.session.user == ada
    assert (log_in(PASSWORD), log_in(NEW)) == ("BAD_CREDENTIALS", "in")
    assert subjects_to(ADDRESS) == ["Choose a new password", "Your password was changed"]


@committed
def test_all_sessions_end_and_keys_that_were_mailed_before_with_them(ada: User) -> None:
    old = services.begin_session(user=ada)
    ask()
    first = last_key(ADDRESS)
    ask()
    services.reset_password(key=last_key(ADDRESS), new_password=NEW)
    old.session.refresh_from_db()
    assert old.session.ended_at is not None
    with pytest.raises(Refused, match="BAD_CREDENTIALS"):
        services.refresh_session(refresh_token=old.tokens.refresh_token)
    with pytest.raises(Refused, match="EXPIRED"):
        services.reset_password(key=first, new_password="another good long one")
    assert not PasswordReset.objects.exists()


@committed
def test_a_change_of_address_that_a_thief_asked_for_ends_with_the_old_password(ada: User) -> None:
    services.change_email(actor=ada, session=None, new_email="thief@example.net", password=PASSWORD)
    stolen = last_key("thief@example.net")
    ask()
    services.reset_password(key=last_key(ADDRESS), new_password=NEW)
    with pytest.raises(Refused, match="EXPIRED"):
        services.verify_email(key=stolen)
    assert User.objects.get().email == ADDRESS


@committed
def test_what_a_stranger_signed_up_with_answers_as_before(ada: User) -> None:
    """Else the change of the answer would tell the stranger that the address has an account."""
    SignUpAttemptFactory(user=ada)
    ask()
    services.reset_password(key=last_key(ADDRESS), new_password=NEW)
    assert log_in(PASSWORD) == "EMAIL_NOT_VERIFIED"


@committed
def test_a_key_works_once(ada: User) -> None:
    ask()
    key = last_key(ADDRESS)
    services.reset_password(key=key, new_password=NEW)
    with pytest.raises(Refused, match="EXPIRED"):
        services.reset_password(key=key, new_password="another good long one")
    assert log_in(NEW) == "in"


@committed
def test_a_key_is_too_old_after_an_hour(ada: User) -> None:
    ask()
    key, now = last_key(ADDRESS), datetime.now(UTC)
    with time_machine.travel(now + timedelta(minutes=61)), pytest.raises(Refused, match="EXPIRED"):
        services.reset_password(key=key, new_password=NEW)
    with time_machine.travel(now + timedelta(minutes=58)):
        services.reset_password(key=key, new_password=NEW)


@committed
@pytest.mark.parametrize(
    ("password", "code"),
    [("short", "TOO_SHORT"), ("x" * 257, "TOO_LONG"), ("password1234", "INVALID"), ("", "TOO_SHORT")],
)
def test_a_password_that_is_refused_leaves_the_key_as_it_was(ada: User, password: str, code: str) -> None:
    ask()
    key = last_key(ADDRESS)
    with pytest.raises(Refused) as refused:
        services.reset_password(key=key, new_password=password)
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [(code, "new_password")]
    services.reset_password(key=key, new_password=NEW)


@committed
def test_keys_of_other_purposes_and_forged_ones_are_refused(ada: User) -> None:
    ask()
    reset = PasswordReset.objects.get()
    for key in (tokens.sign_key(KeyPurpose.VERIFY_EMAIL, reset.pk), "1:x:y", "", "x" * 5000, last_key(ADDRESS) + "x"):
        with pytest.raises(Refused, match="EXPIRED"):
            services.reset_password(key=key, new_password=NEW)
    with pytest.raises(Refused, match="EXPIRED"):
        services.verify_email(key=last_key(ADDRESS))


@committed
@pytest.mark.parametrize("who", [{"is_active": False}, {"unverified": True, "password": None}])
def test_a_closed_account_and_an_unproved_address_get_no_key(transactional_db: None, who: dict[str, object]) -> None:
    user = UserFactory(email=ADDRESS, **who)
    ask()
    assert subjects_to(ADDRESS) == ["You have no account with this address"]
    with pytest.raises(Refused, match="EXPIRED"):
        services.reset_password(
            key=tokens.sign_key(KeyPurpose.RESET_PASSWORD, PasswordReset.objects.get().pk), new_password=NEW
        )
    assert not user.sessions.exists()


@committed
def test_an_account_that_closes_after_the_mail_is_not_opened_by_its_key(ada: User) -> None:
    ask()
    key = last_key(ADDRESS)
    User.objects.update(is_active=False)
    with pytest.raises(Refused, match="EXPIRED"):
        services.reset_password(key=key, new_password=NEW)


@committed
def test_an_unknown_address_costs_the_same_statements_and_gets_a_mail_too(ada: User) -> None:
    ask("warm.up@example.org")
    known, unknown = statements_of(ask), statements_of(lambda: ask("nobody@example.org"))
    assert [VALUES.sub("?", one) for one in known] == [VALUES.sub("?", one) for one in unknown]
    assert (len(subjects_to(ADDRESS)), subjects_to("nobody@example.org")) == (
        1,
        ["You have no account with this address"],
    )


@committed
@pytest.mark.usefixtures("one_window")
def test_an_address_gets_five_mails_a_day_from_one_network_and_the_same_answer_after_them(ada: User) -> None:
    assert [ask() for _ in range(7)] == [ADDRESS] * 7
    assert len(mail.outbox) == 5


@committed
@pytest.mark.usefixtures("one_window")
def test_strangers_do_not_use_up_the_mails_of_the_owner(ada: User) -> None:
    services.begin_session(user=ada, ip_address="198.51.100.7")
    for number in range(30):
        ask(ip_address=f"203.0.113.{number}")
    assert len(mail.outbox) == 20
    ask(ip_address="198.51.100.7")
    assert len(mail.outbox) == 21


@committed
@pytest.mark.usefixtures("one_window")
def test_a_network_tries_twenty_keys_an_hour(ada: User) -> None:
    codes = []
    for _ in range(21):
        with pytest.raises(Refused) as refused:
            services.reset_password(key="nonsense", new_password=NEW, ip_address="203.0.113.1")
        codes.append(refused.value.problems[0].code)
    assert codes == ["EXPIRED"] * 20 + ["RATE_LIMITED"]


@committed
@pytest.mark.usefixtures("one_window")
def test_a_network_asks_twenty_times_an_hour() -> None:
    for number in range(20):
        ask(f"person{number}@example.org")
    with pytest.raises(Refused) as refused:
        ask("one.more@example.org")
    assert refused.value.problems[0].code == "RATE_LIMITED"
    assert refused.value.retry_after


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["", "no address", "a@b.c\r\nBcc: x@example.org"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(Refused) as refused:
        ask(address)
    assert refused.value.problems[0].field == "email"
    assert not PasswordReset.objects.exists()


@committed
def test_old_requests_are_removed() -> None:
    ask()
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        tasks.remove_old_traces()
    assert not PasswordReset.objects.exists()


@committed
def test_the_new_session_makes_the_network_known(ada: User) -> None:
    ask()
    services.reset_password(key=last_key(ADDRESS), new_password=NEW, ip_address="203.0.113.9")
    assert (Session.objects.filter(ended_at=None).count(), ada.known_networks.count()) == (1, 1)


@committed
def test_a_log_in_that_began_with_the_old_password_fails_once_it_is_reset(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passwords are compared without a lock, because that takes long."""
    module = import_module("domains.accounts.services.log_in")
    ask()
    key, compare = last_key(ADDRESS), module.check_password

    def reset_meanwhile(password: str, encoded: str) -> bool:
        is_right: bool = compare(password, encoded)
        if is_right:
            monkeypatch.setattr(module, "check_password", compare)
            services.reset_password(key=key, new_password=NEW)
        return is_right

    monkeypatch.setattr(module, "check_password", reset_meanwhile)
    assert log_in(PASSWORD) == "BAD_CREDENTIALS"
    assert Session.objects.filter(ended_at=None).count() == 1  # that of the reset
