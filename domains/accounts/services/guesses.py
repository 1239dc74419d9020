"""Limits on guesses at passwords, wherever they are made: at the API or at the admin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from domains.accounts.services.known_networks import is_known_network
from domains.base import failures
from domains.base.errors import Code, RateLimited, Refused
from domains.base.networks import client_network

#: Attempts, right or wrong, from one network.
LIMIT_PER_NETWORK = failures.Limit("log_in_network", 10, 60)
#: Wrong ones at one account from one network: a stranger elsewhere cannot use up the owner's attempts.
LIMIT_PER_ACCOUNT_AND_NETWORK = failures.Limit("log_in_account_network", 5, 300)
#: Wrong ones at one account from all networks that the account has had no session from.
LIMIT_PER_ACCOUNT = failures.Limit("log_in_account", 50, 3600)


@contextmanager
def limit_guesses(*, email: str, ip_address: str) -> Iterator[None]:
    """Count a guess before the block checks it; the count is released if the block does not refuse the guess.

    CONFLICT, from a server too busy to check the password, counts no failure.

    `email` is the normalized address. An address without an account is counted like any other. A right password
    releases only its own attempt, and never the count of the network. Refuses with RATE_LIMITED.
    """
    network = client_network(ip_address)
    failures.reserve(LIMIT_PER_NETWORK, network)
    reservations = [failures.reserve(LIMIT_PER_ACCOUNT_AND_NETWORK, f"{email} {network}")]
    if not is_known_network(email=email, network=network):
        try:
            reservations.append(failures.reserve(LIMIT_PER_ACCOUNT, email))
        except RateLimited:
            _release(reservations)
            raise
    try:
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
