"""Limits on guesses at passwords: strangers are stopped, and do not lock the owner out."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from domains.accounts import services, tasks, tokens
from domains.accounts.models import KnownNetwork, Session, User
from domains.accounts.services import limit_guesses
from domains.accounts.tokens import KeyPurpose
from domains.base.errors import Refused
from tests.factories import PASSWORD, KnownNetworkFactory, UserFactory
from tests.factories.accounts import SignUpAttemptFactory
from tests.threads import at_once

HOME, STRANGER = "198.51.100.7", "203.0.113.1"


def log_in(user: User | str, password: str = "wrong wrong wrong", ip: str = STRANGER) -> str:
    """Return what the attempt met."""
    email = user if isinstance(user, str) else user.email
    try:
        services.log_in(email=email, password=password, device_name="", ip_address=ip)
    except Refused as refusal:
        (problem,) = refusal.problems
        assert (problem.retry_after is not None) == (problem.code == "RATE_LIMITED")
        return str(problem.code)
    return "in"


@pytest.mark.django_db
@pytest.mark.usefixtures("one_window")
@pytest.mark.parametrize("known", [True, False])
def test_five_failures_at_one_account_from_one_network(known: bool) -> None:
    user = UserFactory() if known else "unknown@example.org"
    assert [log_in(user) for _ in range(6)] == ["BAD_CREDENTIALS"] * 5 + ["RATE_LIMITED"]
    assert log_in(user, PASSWORD) == "RATE_LIMITED", "the right one is not looked at either"
    assert log_in(UserFactory(), PASSWORD) == "in", "other accounts are not meant"
    if known:
        assert log_in(user, PASSWORD, HOME) == "in", "nor is the owner elsewhere"


@pytest.mark.django_db
@pytest.mark.usefixtures("one_window")
def test_right_passwords_are_no_failures_and_end_no_count() -> None:
    user = UserFactory()
    answers = [log_in(user, password) for password in [PASSWORD, "wrong wrong wrong"] * 4]
    assert answers == ["in", "BAD_CREDENTIALS"] * 4
    assert [log_in(user), log_in(user)] == ["BAD_CREDENTIALS", "RATE_LIMITED"]


@pytest.mark.django_db
@pytest.mark.usefixtures("one_window")
def test_ten_attempts_a_minute_from_one_network_whatever_they_are_at() -> None:
    people = [UserFactory() for _ in range(3)]
    passwords = [PASSWORD, "wrong wrong wrong"] * 5
    answers = [log_in(people[n % 3], password, f"2001:db8:1:2::{n}") for n, password in enumerate(passwords)]
    assert "RATE_LIMITED" not in answers
    assert log_in(people[0], PASSWORD, "2001:db8:1:2:ffff::1") == "RATE_LIMITED"
    assert log_in(people[0], PASSWORD, "2001:db8:1:3::1") == "in"


@pytest.mark.django_db
@pytest.mark.usefixtures("one_window")
def test_fifty_failures_over_all_networks_and_the_owner_gets_in_where_a_session_was() -> None:
    user = UserFactory()
    assert log_in(user, PASSWORD, HOME) == "in"
    assert [log_in(user, ip=HOME) for _ in range(2)] == ["BAD_CREDENTIALS"] * 2
    strangers = [log_in(user, ip=f"203.0.113.{number}") for number in range(60)]
    assert strangers == ["BAD_CREDENTIALS"] * 50 + ["RATE_LIMITED"] * 10
    assert log_in(user, PASSWORD, "192.0.2.1") == "RATE_LIMITED"
    assert log_in(user, PASSWORD, HOME) == "in"
    assert log_in(UserFactory(), PASSWORD, "192.0.2.1") == "in"


@pytest.mark.django_db
@pytest.mark.usefixtures("one_window")
def test_a_server_that_is_too_busy_to_look_at_passwords_counts_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    user = UserFactory()

    def busy(*_: object) -> bool:
        raise Refused.because("CONFLICT", "Try again in a moment.")

    with monkeypatch.context() as patch:
        patch.setattr(import_module("domains.accounts.services.log_in"), "check_password", busy)
        assert [log_in(user) for _ in range(6)] == ["CONFLICT"] * 6
    assert log_in(user, PASSWORD) == "in"


@pytest.mark.django_db
@pytest.mark.usefixtures("one_window")
def test_a_row_that_somebody_holds_counts_no_failure() -> None:
    user = UserFactory()
    held = sqlite3.OperationalError("database is locked")
    held.sqlite_errorname = "SQLITE_BUSY"
    for _ in range(6):
        with pytest.raises(Refused) as refused, limit_guesses(email=user.email, ip_address=STRANGER):
            raise OperationalError from held
        assert refused.value.problems[0].code == "CONFLICT"
    assert log_in(user, PASSWORD) == "in"


@pytest.mark.django_db
@pytest.mark.usefixtures("one_window")
def test_one_network_that_is_stopped_uses_up_nothing_of_the_fifty() -> None:
    user = UserFactory()
    for number in range(9):
        log_in(user, ip=f"203.0.113.{number}")
    assert [log_in(user, ip="203.0.113.200") for _ in range(10)] == ["BAD_CREDENTIALS"] * 5 + ["RATE_LIMITED"] * 5
    rest = [log_in(user, ip=f"192.0.2.{number}") for number in range(40)]
    assert Counter(rest) == {"BAD_CREDENTIALS": 36, "RATE_LIMITED": 4}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_network", [True, False])
def test_of_fifty_guesses_at_once_no_more_are_looked_at_than_the_limit_says(same_network: bool) -> None:
    """The right password among many wrong ones at the same moment: what is past the limit cannot even be right."""
    user = UserFactory()
    ips = [STRANGER if same_network else f"203.0.113.{number % 25}" for number in range(50)]
    services.log_in(email=user.email, password=PASSWORD, device_name="", ip_address=HOME)
    answers = Counter(at_once(lambda number: log_in(user, ip=ips[number]), 50))
    assert answers["BAD_CREDENTIALS"] == (5 if same_network else 50)
    assert answers["RATE_LIMITED"] == (45 if same_network else 0)
    assert log_in(user, PASSWORD, "192.0.2.1") == ("in" if same_network else "RATE_LIMITED")


@pytest.mark.django_db
@pytest.mark.usefixtures("one_window")
def test_the_password_of_an_attempt_counts_as_a_failure_for_a_known_and_an_unknown_address_alike() -> None:
    unproved, decoy = SignUpAttemptFactory(), SignUpAttemptFactory(user=UserFactory(), password="what mallory chose")
    for email, password, ip in (
        (unproved.user.email, PASSWORD, STRANGER),
        (decoy.user.email, "what mallory chose", HOME),
    ):
        answers = [log_in(email, password, ip) for _ in range(6)]
        assert answers == ["EMAIL_NOT_VERIFIED"] * 5 + ["RATE_LIMITED"]


@pytest.mark.django_db
def test_every_way_to_a_session_makes_its_network_known(settings) -> None:
    settings.DEBUG = True
    user = UserFactory()
    opened = services.log_in(email=user.email, password=PASSWORD, device_name="", ip_address="2001:db8:1:2::9")
    assert isinstance(opened, services.OpenSession)
    services.refresh_session(refresh_token=opened.tokens.refresh_token, ip_address="2001:db8:1:3::9")
    services.dev_log_in(email=user.email, ip_address="192.0.2.4")
    attempt = SignUpAttemptFactory()
    services.verify_email(key=tokens.sign_key(KeyPurpose.VERIFY_EMAIL, attempt.pk), ip_address="192.0.2.5")
    networks = ["2001:db8:1:2::/64", "2001:db8:1:3::/64", "192.0.2.4"]
    known = [tokens.network_digests(email=user.email, network=network)[0] for network in networks]
    assert list(user.known_networks.order_by("pk").values_list("digest", flat=True)) == known
    assert attempt.user.known_networks.count() == 1


@pytest.mark.django_db
def test_what_is_kept_tells_no_network_and_is_the_same_for_no_two_people() -> None:
    for user in (UserFactory(), UserFactory()):
        services.begin_session(user=user, ip_address=HOME)
        services.begin_session(user=user, ip_address=HOME)
    one, other = KnownNetwork.objects.values_list("digest", flat=True)
    assert one != other
    assert HOME not in one + other


@pytest.mark.django_db
def test_few_networks_are_known_and_not_for_ever() -> None:
    user = UserFactory()
    for number in range(23):
        services.begin_session(user=user, ip_address=f"203.0.113.{number}")
    newest = tokens.network_digests(email=user.email, network="203.0.113.22")[0]
    assert user.known_networks.count() == 20
    assert user.known_networks.filter(digest=newest).exists()
    KnownNetwork.objects.all().delete()
    now = timezone.now()
    kept, _ = (KnownNetworkFactory(user=user, seen_at=now - timedelta(days=days)) for days in (89, 91))
    tasks.remove_old_traces()
    assert list(KnownNetwork.objects.all()) == [kept]


@pytest.mark.django_db
def test_networks_stay_known_when_the_secret_key_changes(settings) -> None:
    user = UserFactory()
    services.begin_session(user=user, ip_address=HOME)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new secret key, long enough for anybody"
    assert services.known_networks.is_known_network(email=user.email, network=HOME)
    assert not services.known_networks.is_known_network(email=user.email, network=STRANGER)


def admin_log_in(email: str, password: str, **more: str) -> bool:
    """Return whether the admin let them in."""
    answer = Client().post(reverse("admin:login"), {"username": email, "password": password}, **more)  # type: ignore[arg-type]
    return answer.status_code == 302


@pytest.mark.django_db
@pytest.mark.usefixtures("one_window")
def test_the_admin_counts_together_with_the_api_and_knows_its_networks_too() -> None:
    boss = UserFactory(superuser=True)
    assert admin_log_in(boss.email, PASSWORD, REMOTE_ADDR=HOME)
    assert boss.known_networks.count() == 1
    assert [log_in(boss) for _ in range(3)] == ["BAD_CREDENTIALS"] * 3
    assert not any(admin_log_in(boss.email.upper(), "wrong wrong wrong", REMOTE_ADDR=STRANGER) for _ in range(2))
    assert not admin_log_in(boss.email, PASSWORD, REMOTE_ADDR=STRANGER)
    assert log_in(boss, PASSWORD) == "RATE_LIMITED"
    assert admin_log_in(boss.email, PASSWORD, REMOTE_ADDR=HOME)
    assert not Session.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("one_window")
def test_behind_a_proxy_the_admin_counts_clients_and_not_the_proxy(settings) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    boss = UserFactory(superuser=True)
    for _ in range(6):
        admin_log_in(boss.email, "wrong wrong wrong", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=STRANGER)
    assert not admin_log_in(boss.email, PASSWORD, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=STRANGER)
    assert admin_log_in(boss.email, PASSWORD, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=HOME)


@pytest.mark.django_db
def test_the_admin_hashes_no_endless_password_and_takes_no_empty_form(monkeypatch: pytest.MonkeyPatch) -> None:
    boss = UserFactory(superuser=True, password="y" * 300)
    assert not admin_log_in(boss.email, "y" * 300)
    assert not admin_log_in("", "")
