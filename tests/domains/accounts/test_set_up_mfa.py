"""Setting up a second factor: with an app over the API, or beside an operator at the terminal."""

from __future__ import annotations

import base64
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from domains.accounts import second_factors, services
from domains.accounts.services.known_networks import is_known_network
from domains.base.networks import client_network
from tests.authenticator_app import code_of
from tests.domains.accounts.second_factor import ADDRESS, NOON, Ada, refusal
from tests.factories import PASSWORD, SessionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ada(db: None) -> Ada:
    return Ada()


def test_setting_up_ends_the_other_sessions_and_keeps_this_one(ada: Ada) -> None:
    user = UserFactory()
    here, there = (services.begin_session(user=user).session for _ in range(2))
    secret = services.start_totp(actor=user, session=here).secret
    services.confirm_totp(actor=user, session=here, code=code_of(secret), ip_address=ADDRESS)
    assert list(user.sessions.filter(ended_at=None)) == [here]
    assert there.pk != here.pk


def test_nothing_changes_until_a_code_is_right(db: None) -> None:
    user = UserFactory()
    session = services.begin_session(user=user).session
    first = services.start_totp(actor=user, session=session).secret
    secret = services.start_totp(actor=user, session=session).secret

    def confirm(code: str) -> list[str]:
        return services.confirm_totp(actor=user, session=session, code=code, ip_address=ADDRESS)

    assert refusal(confirm, code_of(first)) == ("BAD_CREDENTIALS", "code")
    assert not second_factors.has_second_factor(user)
    with time_machine.travel("2030-06-01 12:16"):
        assert refusal(confirm, code_of(secret)) == ("EXPIRED", None)
    assert len(set(confirm(code_of(secret)))) == second_factors.RECOVERY_CODE_COUNT
    assert refusal(confirm, code_of(secret)) == ("CONFLICT", None)
    assert refusal(services.start_totp, actor=user, session=session) == ("CONFLICT", None)


def test_an_older_session_cannot_set_it_up(db: None) -> None:
    user = UserFactory()
    session = SessionFactory(user=user, created_at=timezone.now() - timedelta(minutes=61))
    assert refusal(services.start_totp, actor=user, session=session) == ("BAD_CREDENTIALS", None)


def test_the_code_to_scan_names_the_account_and_the_community(db: None) -> None:
    user = UserFactory(email="ada+one@example.org")
    new = services.start_totp(actor=user, session=services.begin_session(user=user).session)
    url = urlsplit(new.otpauth_url)
    assert (url.scheme, url.netloc, url.path) == ("otpauth", "totp", "/ada%2Bone%40example.org")
    assert parse_qs(url.query) == {"secret": [new.secret], "issuer": ["127.0.0.1"]}
    assert len(base64.b32decode(new.secret)) == 20
    assert new.qr_code_svg.lstrip().startswith("<")
    assert "<script" not in new.qr_code_svg


def test_what_was_begun_with_the_password_alone_ends_with_the_setup(db: None) -> None:
    user = UserFactory()
    session = services.begin_session(user=user, ip_address="198.51.100.7").session
    services.change_email(
        actor=user, session=session, new_email="thief@example.org", password=PASSWORD, ip_address="198.51.100.7"
    )
    secret = services.start_totp(actor=user, session=session).secret
    services.confirm_totp(actor=user, session=session, code=code_of(secret), ip_address=ADDRESS)
    assert not user.email_changes.exists()
    assert is_known_network(email=user.email, network=client_network(ADDRESS))
    assert not is_known_network(email=user.email, network=client_network("198.51.100.7"))


def test_a_setup_whose_key_is_gone_begins_anew(db: None, settings: Any) -> None:
    user = UserFactory()
    session = services.begin_session(user=user).session
    secret = services.start_totp(actor=user, session=session).secret
    settings.SECRET_KEY = "a new key that is long enough for it"
    named: dict[str, Any] = {"actor": user, "session": session, "ip_address": ADDRESS}
    assert refusal(services.confirm_totp, code=code_of(secret), **named) == ("EXPIRED", None)


def test_old_setups_are_removed(db: None) -> None:
    services.start_totp(actor=UserFactory(), session=SessionFactory())
    assert services.remove_old_setups() == 0
    with time_machine.travel("2030-06-01 12:16"):
        assert services.remove_old_setups() == 1


class TestAtTheTerminal:
    """`manage.py set_up_mfa`, which an operator runs beside the person."""

    @pytest.fixture
    def typed(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        lines: list[str] = []
        secret = "JBSWY3DPEHPK3PXP" * 2
        monkeypatch.setattr("domains.accounts.management.commands.set_up_mfa.generate_totp_secret", lambda: secret)
        monkeypatch.setattr("builtins.input", lambda _prompt: lines.pop(0))
        lines += ["000000", code_of(secret)]
        return lines

    def test_shows_a_qr_code_and_the_recovery_codes(self, db: None, typed: list[str]) -> None:
        user, out, err = UserFactory(email="staff@example.org", staff=True), StringIO(), StringIO()
        call_command("set_up_mfa", "Staff@example.org", stdout=out, stderr=err)
        assert second_factors.has_second_factor(user)
        assert out.getvalue().count("-") >= 2 * second_factors.RECOVERY_CODE_COUNT
        assert "█" in out.getvalue()
        assert "not the present code" in err.getvalue()

    def test_changes_nothing_without_a_right_code(self, db: None, typed: list[str]) -> None:
        user = UserFactory(email="staff@example.org")
        typed[:] = ["1", "2", "3"]
        with pytest.raises(CommandError, match="nothing was changed"):
            call_command("set_up_mfa", "staff@example.org", stdout=StringIO(), stderr=StringIO())
        assert not second_factors.has_second_factor(user)

    def test_says_that_there_is_one_already(self, ada: Ada) -> None:
        with pytest.raises(CommandError, match="has a second factor"):
            call_command("set_up_mfa", ada.user.email)

    def test_names_an_unknown_address(self, db: None) -> None:
        with pytest.raises(CommandError, match="No active account"):
            call_command("set_up_mfa", "nobody@example.org")
