"""How a session begins; called by the acts that have proved who somebody is."""

from __future__ import annotations

from dataclasses import dataclass

from domains.accounts import tokens
from domains.accounts.models import Session, User
from domains.accounts.services.known_networks import remember_network


@dataclass(frozen=True)
class OpenSession:
    """A session that has just begun or been refreshed, with the tokens for it."""

    session: Session
    tokens: tokens.TokenPair


def begin_session(*, user: User, device_name: str = "", ip_address: str = "") -> OpenSession:
    """Begin a session of the user, remember its network, and return it with its first tokens."""
    session = Session.objects.create(user=user, device_name=device_name.strip()[:80])
    remember_network(user=user, ip_address=ip_address)
    return OpenSession(session, tokens.pair_for(session))
