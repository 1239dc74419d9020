"""The page about accounts says what the code says."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings

from config.passwords import MAX_MEASURED_LENGTH, MIN_NON_ASCII_LENGTH, MIN_SCORE
from domains.accounts.services import guesses, known_networks
from domains.base.addresses import MAX_LENGTH, MAX_LOCAL_LENGTH, parse_address

PAGE = " ".join(Path(settings.BASE_DIR, "docs", "accounts.md").read_text(encoding="utf-8").split())
#: The package's attribute of this name is the function.
sign_up = import_module("domains.accounts.services.sign_up")


@pytest.mark.parametrize(
    "words",
    [
        f"More than {MAX_LENGTH} characters, or {MAX_LOCAL_LENGTH} before the `@`",
        f"Attempts are removed after {sign_up.ATTEMPT_RETENTION.days} days",
        f"{settings.MIN_PASSWORD_LENGTH} to {settings.MAX_PASSWORD_LENGTH} characters",
        f"a score of {MIN_SCORE} or more by zxcvbn",
        f"the first {MAX_MEASURED_LENGTH} characters",
        f"{MIN_NON_ASCII_LENGTH} or more characters that are not all ASCII",
        f"the {known_networks.MAX_KNOWN_NETWORKS} newest networks of an account, "
        f"for {known_networks.NETWORK_RETENTION.days} days",
        f"`SIGN_UPS_PER_HOUR` attempts from one network, {settings.SIGN_UPS_PER_HOUR} unless",
    ],
)
def test_the_figures_are_those_of_the_code(words: str) -> None:
    assert words in PAGE


def test_the_limits_are_those_of_the_code() -> None:
    limits = [
        limit
        for secret in (guesses.PASSWORDS, guesses.CODES)
        for limit in (
            secret.per_network,
            secret.per_account_and_network,
            secret.per_account,
            secret.per_account_everywhere,
        )
        if limit
    ]
    rows = re.findall(r"\| (\d+) \| (\d+) seconds \|", PAGE)
    assert rows == [(str(limit.failures), str(limit.seconds)) for limit in limits]


def test_the_examples_of_addresses_are_true() -> None:
    assert parse_address("x@bücher.example") == "x@xn--bcher-kva.example"
    for typed, form in re.findall(r"`(\S+)` is `(xn--\S+)`", PAGE):
        assert parse_address(f"x@{typed}") == f"x@{form}"
