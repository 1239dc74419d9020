"""The second factor: set up with an app, asked for at every way in, each code used once, and turned off."""

from __future__ import annotations

import base64
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from domains.accounts import second_factors, services, tokens
from domains.accounts.models import Session, TotpSetup, User
from domains.accounts.services import guesses
from domains.accounts.services.known_networks import remember_network
from domains.base import failures
from domains.base.errors import Refused
from tests.authenticator_app import code_of
from tests.domains.accounts.mailed_keys import last_key, subjects_to
from tests.domains.accounts.second_factor import ADDRESS, NOON, Ada, refusal
from tests.factories import PASSWORD, SessionFactory, UserFactory
from tests.threads import at_once

#: The package's attribute of this name is the function.
complete_mfa = import_module("domains.accounts.services.complete_mfa")
NEW = "seven quiet otters knitting"
pytestmark = pytest.mark.django_db


def in_steps(number: int) -> Any:
    """Travel this number of steps of 30 seconds from noon."""
    return time_machine.travel(f"2030-06-01 12:{number // 2:02}:{10 + 30 * (number % 2)}", tick=False)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ada(db: None) -> Ada:
    return Ada()


@pytest.mark.parametrize(("at", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_the_codes_are_those_of_the_standard(at: int, code: str) -> None:
    """The vectors of RFC 6238, appendix B, in six digits."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    with time_machine.travel(at, tick=False):
        assert second_factors.find_step(secret, code) == at // 30
        assert code_of(secret) == code


def test_log_ins_need_a_code_from_then_on(ada: Ada) -> None:
    challenge = ada.challenge()
    assert challenge.methods == ["TOTP", "RECOVERY_CODE"]
    opened = ada.complete(code_of(ada.secret), challenge.token)
    assert (opened.session.user, opened.session.device_name) == (ada.user, "Phone")


@pytest.mark.parametrize(
    "spelling", ["{}", " {} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}", "{0[0]}-{0[1]}-{0[2]}{0[3]}{0[4]}{0[5]}"]
)
def test_a_code_works_once_however_it_is_written(ada: Ada, spelling: str) -> None:
    code = code_of(ada.secret)
    ada.complete(spelling.format(code))
    assert refusal(ada.complete, code) == ("BAD_CREDENTIALS", "code")
    assert refusal(ada.complete, spelling.format(code)) == ("BAD_CREDENTIALS", "code")


def test_digits_of_other_scripts_are_digits(ada: Ada) -> None:
    ada.complete("".join("٠١٢٣٤٥٦٧٨٩"[int(digit)] for digit in code_of(ada.secret)))


def test_codes_of_the_neighboring_steps_work_and_no_older_one_after_a_newer(ada: Ada) -> None:
    assert refusal(ada.complete, code_of(ada.secret, ahead=2)) == ("BAD_CREDENTIALS", "code")
    ada.complete(code_of(ada.secret, ahead=1))
    assert refusal(ada.complete, code_of(ada.secret)) == ("BAD_CREDENTIALS", "code")
    with in_steps(2):
        ada.complete(code_of(ada.secret))


def test_the_code_that_confirmed_the_app_is_used_up(ada: Ada) -> None:
    assert refusal(ada.complete, code_of(ada.secret, ahead=-1)) == ("BAD_CREDENTIALS", "code")


@pytest.mark.parametrize("code", ["", "x", "12345", "1234567", "000000x", "é", "\ud800", "9" * 10_000, "١٢"])
def test_what_is_no_code_is_refused(ada: Ada, code: str) -> None:
    assert refusal(ada.complete, code) == ("BAD_CREDENTIALS", "code")


def test_a_recovery_code_works_once_without_the_app(ada: Ada) -> None:
    first, second = ada.recovery_codes[:2]
    ada.complete(first.lower().replace("-", " "))
    assert refusal(ada.complete, first) == ("BAD_CREDENTIALS", "code")
    ada.complete(second)
    assert second_factors.count_recovery_codes(ada.user) == second_factors.RECOVERY_CODE_COUNT - 2


def test_the_last_recovery_code_is_no_longer_a_method(ada: Ada) -> None:
    for number, code in enumerate(ada.recovery_codes):
        ada.complete(code, ip_address=f"203.0.{number}.1")
    assert ada.challenge().methods == ["TOTP"]


def test_recovery_codes_of_another_person_are_worth_nothing(ada: Ada) -> None:
    other = UserFactory()
    session = services.begin_session(user=other).session
    secret = services.start_totp(actor=other, session=session).secret
    codes = services.confirm_totp(actor=other, session=session, code=code_of(secret), ip_address=ADDRESS)
    assert refusal(ada.complete, codes[0]) == ("BAD_CREDENTIALS", "code")
    assert refusal(ada.complete, code_of(secret)) == ("BAD_CREDENTIALS", "code")


def test_nothing_that_is_stored_is_a_secret(ada: Ada) -> None:
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert ada.secret not in stored
    assert not any(code in stored or code.lower().replace("-", "") in stored for code in ada.recovery_codes)
    services.start_totp(actor=UserFactory(), session=SessionFactory())
    assert len(TotpSetup.objects.get().secret) > 100


def test_another_secret_key_leaves_second_factors_as_they_are(ada: Ada, settings: Any) -> None:
    former = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key that is long enough for it", [former]
    ada.complete(code_of(ada.secret))
    # The secret was encrypted anew when it was used.
    settings.SECRET_KEY_FALLBACKS = []
    with in_steps(2):
        ada.complete(code_of(ada.secret))
    ada.complete(ada.recovery_codes[0])


def test_a_secret_whose_key_is_gone_leaves_the_recovery_codes(ada: Ada, settings: Any, caplog: Any) -> None:
    settings.SECRET_KEY = "a new key that is long enough for it"
    assert refusal(ada.complete, code_of(ada.secret)) == ("BAD_CREDENTIALS", "code")
    assert "SECRET_KEY_FALLBACKS" in caplog.text
    ada.complete(ada.recovery_codes[0])


def test_a_recovery_code_works_while_somebody_guesses_at_codes(ada: Ada) -> None:
    token = ada.challenge().token
    for _ in range(5):
        refusal(ada.complete, "000000", token)
    assert refusal(ada.complete, code_of(ada.secret), token)[0] == "RATE_LIMITED"
    ada.complete(ada.recovery_codes[0], token)


def test_guesses_from_known_networks_have_a_limit_too(ada: Ada, monkeypatch: pytest.MonkeyPatch) -> None:
    everywhere = replace(guesses.CODES, per_account_everywhere=failures.Limit("test_everywhere", 3, 86400))
    monkeypatch.setattr(complete_mfa, "CODES", everywhere)
    for number in range(4):
        remember_network(user=ada.user, ip_address=f"203.0.{number}.1")
    found = [refusal(ada.complete, "000000", None, f"203.0.{number}.1")[0] for number in range(4)]
    assert found == ["BAD_CREDENTIALS"] * 3 + ["RATE_LIMITED"]


def test_a_session_that_has_ended_meanwhile_changes_nothing(ada: Ada) -> None:
    Session.objects.filter(pk=ada.session.pk).update(ended_at=timezone.now())
    named: dict[str, Any] = {"actor": ada.user, "session": ada.session, "ip_address": ADDRESS}
    assert refusal(services.disable_mfa, password=PASSWORD, **named) == ("UNAUTHENTICATED", None)
    assert (
        refusal(services.change_password, current_password=PASSWORD, new_password=NEW, **named)[0] == "UNAUTHENTICATED"
    )
    assert second_factors.has_second_factor(ada.user)


def test_guesses_are_limited_by_account_and_network(ada: Ada) -> None:
    token = ada.challenge().token
    assert {refusal(ada.complete, "000000", token)[0] for _ in range(5)} == {"BAD_CREDENTIALS"}
    assert refusal(ada.complete, code_of(ada.secret), token)[0] == "RATE_LIMITED"
    elsewhere = services.complete_mfa(challenge_token=token, code=code_of(ada.secret), ip_address="198.51.100.7")
    assert elsewhere.session.user == ada.user


def test_a_challenge_ends_after_five_minutes_with_the_password_and_with_the_second_factor(ada: Ada) -> None:
    late, changed, off = (ada.challenge().token for _ in range(3))
    with in_steps(11):
        assert refusal(ada.complete, code_of(ada.secret), late) == ("EXPIRED", "challenge_token")
    services.change_password(
        actor=ada.user, session=ada.session, current_password=PASSWORD, new_password=NEW, ip_address=ADDRESS
    )
    assert refusal(ada.complete, code_of(ada.secret), changed) == ("EXPIRED", "challenge_token")
    ada.user.refresh_from_db()
    off = tokens.issue_challenge(ada.user, "")
    services.disable_mfa(actor=ada.user, session=None, password=NEW, ip_address=ADDRESS)
    assert refusal(ada.complete, code_of(ada.secret), off) == ("EXPIRED", "challenge_token")


def test_other_tokens_are_no_challenge_and_a_challenge_is_no_other_token(ada: Ada) -> None:
    pair = tokens.issue_tokens(ada.session)
    challenge = ada.challenge().token
    for token in (pair.access_token, pair.refresh_token, challenge[:-2], "", "x" * 10_000):
        assert refusal(services.complete_mfa, challenge_token=token, code="1", ip_address=ADDRESS)[0] == "EXPIRED"
    for read in (tokens.read_access, tokens.read_refresh):
        with pytest.raises(tokens.BadToken):
            read(challenge)


def test_closed_accounts_complete_nothing(ada: Ada) -> None:
    token = ada.challenge().token
    User.objects.update(is_active=False)
    assert refusal(ada.complete, code_of(ada.secret), token) == ("EXPIRED", "challenge_token")


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_with_one_code_begin_one_session() -> None:
    ada = Ada()
    codes, before = code_of(ada.secret), Session.objects.count()

    def complete(number: int) -> str:
        try:
            services.complete_mfa(
                challenge_token=tokens.issue_challenge(ada.user, ""), code=codes, ip_address=f"198.51.{number}.1"
            )
        except Refused as refused:
            return str(refused.problems[0].code)
        return "session"

    with time_machine.travel(NOON, tick=False):
        answers = at_once(complete, 10)
    assert sorted(map(str, answers)) == ["BAD_CREDENTIALS"] * 9 + ["session"]
    assert Session.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_a_new_password_does_not_replace_the_second_factor() -> None:
    ada = Ada()
    services.request_password_reset(email=ada.user.email, ip_address=ADDRESS)
    found = services.reset_password(key=last_key(ada.user.email), new_password=NEW, ip_address=ADDRESS)
    assert isinstance(found, services.MfaChallenge)
    assert not Session.objects.filter(ended_at=None).exists()
    opened = ada.complete(code_of(ada.secret), found.token)
    assert opened.session.user.check_password(NEW)


@pytest.mark.django_db(transaction=True)
def test_a_new_address_is_proved_without_a_session() -> None:
    ada = Ada()
    services.change_email(
        actor=ada.user, session=ada.session, new_email="ada@new.example", password=PASSWORD, ip_address=ADDRESS
    )
    before = Session.objects.count()
    assert refusal(services.verify_email, key=last_key("ada@new.example")) == ("MFA_REQUIRED", None)
    assert User.objects.get().email == "ada@new.example"
    assert Session.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_somebody_who_has_the_password_and_guesses_is_told_of_once_a_day() -> None:
    ada = Ada()
    token = ada.challenge().token
    for _ in range(8):
        refusal(ada.complete, "000000", token)
    assert subjects_to(ada.user.email)[1:] == ["Somebody tries to log in to your account"]


@pytest.mark.django_db(transaction=True)
def test_many_log_ins_from_one_network_alarm_nobody() -> None:
    ada = Ada()
    network = "198.51.100.7"
    for _ in range(10):
        ada.complete(ada.recovery_codes.pop(), None, network)
    assert refusal(ada.complete, code_of(ada.secret), None, network)[0] == "RATE_LIMITED"
    assert "Somebody tries to log in to your account" not in subjects_to(ada.user.email)


@pytest.mark.django_db(transaction=True)
def test_what_is_done_to_the_second_factor_is_mailed() -> None:
    ada = Ada()
    ada.complete(ada.recovery_codes[0])
    services.disable_mfa(actor=ada.user, session=ada.session, password=PASSWORD, ip_address=ADDRESS)
    assert subjects_to(ada.user.email) == [
        "Your log-in has a second factor",
        "A recovery code was used",
        "Your log-in has no second factor any more",
    ]


def test_only_the_password_turns_it_off(ada: Ada) -> None:
    def disable(password: str) -> User:
        return services.disable_mfa(actor=ada.user, session=ada.session, password=password, ip_address=ADDRESS)

    assert refusal(disable, "wrong") == ("BAD_CREDENTIALS", "password")
    assert disable(PASSWORD) == ada.user
    assert not Authenticator.objects.exists()
    opened = services.log_in(email=ada.user.email, password=PASSWORD, device_name="", ip_address=ADDRESS)
    assert isinstance(opened, services.OpenSession)


def test_many_are_looked_up_by_one_statement(ada: Ada, django_assert_num_queries: Any) -> None:
    ids = [ada.user.pk, *(UserFactory().pk for _ in range(4))]
    with django_assert_num_queries(1):
        assert second_factors.find_protected_ids(user_ids=ids) == {ada.user.pk}


def test_staff_turn_it_off_for_somebody_who_lost_everything(ada: Ada) -> None:
    assert services.remove_second_factor(user_id=ada.user.pk)
    assert not ada.user.sessions.filter(ended_at=None).exists()
    services.begin_session(user=ada.user)
    assert not services.remove_second_factor(user_id=ada.user.pk)
    assert ada.user.sessions.filter(ended_at=None).exists()


def test_the_row_is_locked_before_a_code_is_used(ada: Ada) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time, row lock or not")
    with CaptureQueriesContext(connection) as captured:
        ada.complete(code_of(ada.secret))
    said = [query["sql"] for query in captured]
    lock = next(number for number, sql in enumerate(said) if "FOR NO KEY UPDATE" in sql)
    uses = [
        number for number, sql in enumerate(said) if sql.startswith("SELECT") and '"mfa_authenticator"."data"' in sql
    ]
    assert lock < uses[-1]
