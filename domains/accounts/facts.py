"""Facts about accounts and sessions."""

from dataclasses import dataclass

from domains.base.bus import Fact


@dataclass(frozen=True)
class SignedUp(Fact):
    """Somebody asked for an account; the address is not proved yet."""

    user_id: int
    attempt_id: int


@dataclass(frozen=True)
class KnownAddressSignedUp(Fact):
    """Somebody asked for an account with an address that has one already."""

    user_id: int


@dataclass(frozen=True)
class EmailVerified(Fact):
    """Somebody proved that an address is theirs."""

    user_id: int


@dataclass(frozen=True)
class SessionEnded(Fact):
    """A session has ended; its sockets end too."""

    session_id: int


@dataclass(frozen=True)
class PersonBlocked(Fact):
    """Somebody blocked another person."""

    blocker_id: int
    blocked_id: int


@dataclass(frozen=True)
class PersonUnblocked(Fact):
    """Somebody unblocked another person."""

    blocker_id: int
    blocked_id: int
