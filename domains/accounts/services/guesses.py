"""Limits on guesses at passwords and at codes of second factors, wherever they are made: at the API or at the admin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from domains.accounts.services.known_networks import is_known_network
from domains.base import failures
from domains.base.errors import Code, RateLimited, Refused
from domains.base.locks import refuse_when_busy
from domains.base.networks import client_network


@dataclass(frozen=True)
class GuessLimits:
    """How often one kind of secret may be guessed at."""

    #: Attempts, right or wrong, from one network.
    per_network: failures.Limit
    #: Wrong ones at one account from one network: a stranger elsewhere cannot use up the owner's attempts.
    per_account_and_network: failures.Limit
    #: Wrong ones at one account from all networks that the account has had no session from.
    per_account: failures.Limit
    #: Wrong ones at one account from everywhere, if there is such a limit.
    per_account_everywhere: failures.Limit | None = None


PASSWORDS = GuessLimits(
    failures.Limit("log_in_network", 10, 60),
    failures.Limit("log_in_account_network", 5, 300),
    failures.Limit("log_in_account", 50, 3600),
)
#: Fewer than of passwords: one of three codes in a million is right.
CODES = GuessLimits(
    failures.Limit("mfa_network", 10, 60),
    failures.Limit("mfa_account_network", 5, 300),
    failures.Limit("mfa_account", 20, 3600),
    failures.Limit("mfa_account_everywhere", 100, 86400),
)


class WrongTooOften(RateLimited):
    """One account met too many wrong guesses; RATE_LIMITED."""


@contextmanager
def limit_guesses(*, email: str, ip_address: str, limits: GuessLimits = PASSWORDS) -> Iterator[None]:
    """Count a guess before the block checks it; the count is released if the block does not refuse the guess.

    CONFLICT, from a server too busy to check it, counts no failure.

    `email` is the normalized address. An address without an account is counted like any other. A right guess
    releases only its own attempt, and never the count of the network. Refuses with RATE_LIMITED, and because of the
    account's own failures with WrongTooOften.
    """
    network = client_network(ip_address)
    failures.reserve(limits.per_network, network)
    counted = [(limits.per_account_and_network, f"{email} {network}")]
    if not is_known_network(email=email, network=network):
        counted.append((limits.per_account, email))
    if limits.per_account_everywhere:
        counted.append((limits.per_account_everywhere, email))
    reservations: list[failures.Reservation | None] = []
    try:
        for limit, key in counted:
            reservations.append(failures.reserve(limit, key))  # those made are released below
    except RateLimited as refusal:
        _release(reservations)
        raise WrongTooOften(refusal.retry_after or 1) from None
    try:
        with refuse_when_busy():
            yield
    except Refused as refusal:
        if refusal.problems[0].code == Code.CONFLICT:
            _release(reservations)
        raise
    _release(reservations)


def _release(reservations: list[failures.Reservation | None]) -> None:
    for reservation in reservations:
        if reservation is not None:
            reservation.release()
