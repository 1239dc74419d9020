"""Limits are exact, however many requests run at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from domains.accounts import services
from domains.accounts.models import LogInProvider, PasswordReset
from domains.accounts.providers.identify import Proof
from domains.base.errors import Refused
from tests.domains.accounts.second_factor import ADDRESS
from tests.provider_stand_in import stood_in
from tests.threads import at_once

#: The package's attribute of this name is the function.
module = import_module("domains.accounts.services.refresh_session")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("one_window")]


def count_tried(act: Callable[[int], Any]) -> int:
    """Run fifty at once; return how many were not refused with RATE_LIMITED, which says how long to wait."""
    limited = [one for one in at_once(act, 50) if isinstance(one, Refused) and one.problems[0].code == "RATE_LIMITED"]
    assert all(one.retry_after for one in limited)
    return 50 - len(limited)


def test_requests_for_a_new_password() -> None:
    def request(number: int) -> str:
        return services.request_password_reset(email=f"person{number}@example.org", ip_address=ADDRESS)

    assert count_tried(request) == 20
    assert PasswordReset.objects.count() == 20


def test_keys_for_a_new_password() -> None:
    def reset(_: int) -> Any:
        return services.reset_password(key="wrong", new_password="seven quiet otters knitting", ip_address=ADDRESS)

    assert count_tried(reset) == 20


def test_refreshes_of_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RATE_LIMIT", 30)

    def refresh(_: int) -> Any:
        return services.refresh_session(refresh_token="wrong", ip_address=ADDRESS)

    assert count_tried(refresh) == 30


def test_tokens_of_providers(settings: Any) -> None:
    proof = Proof(LogInProvider.GOOGLE, id_token="wrong")
    with stood_in(settings):
        tried = count_tried(lambda _: services.log_in_with_provider(proof=proof, ip_address=ADDRESS))
    assert tried == 20


def test_passwords_of_one_account() -> None:
    def guess(number: int) -> Any:
        address = f"203.0.{number // 10}.{number}"  # ten tries a minute are allowed from each network
        return services.log_in(email="ada@example.org", password="wrong", device_name="", ip_address=address)

    assert count_tried(guess) == 50
    assert count_tried(lambda number: guess(number + 50)) == 0


def test_passwords_of_one_account_from_one_network() -> None:
    def guess(_: int) -> Any:
        return services.log_in(email="ada@example.org", password="wrong", device_name="", ip_address=ADDRESS)

    assert count_tried(guess) <= 5
