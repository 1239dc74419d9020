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
class SignedUpWithProvider(Fact):
    """Somebody got an account by logging in with that of another provider; the address is proved."""

    user_id: int


@dataclass(frozen=True)
class SkillsSaid(Fact):
    """A provider said which skills somebody has, when its account was linked."""

    user_id: int


@dataclass(frozen=True)
class ProviderLinked(Fact):
    """An account can be logged in to with that of another provider; `at` is the time in ISO 8601."""

    user_id: int
    provider: str
    at: str


@dataclass(frozen=True)
class ProviderUnlinked(Fact):
    """An account can no longer be logged in to with that of a provider; `at` is the time in ISO 8601."""

    user_id: int
    provider: str
    at: str


@dataclass(frozen=True)
class PasswordResetRequested(Fact):
    """Somebody asked for a new password for an address, which may have no account."""

    reset_id: int


@dataclass(frozen=True)
class PasswordChanged(Fact):
    """The password of an account was changed, by its owner or with a key from a mail; `at` is the time in ISO 8601."""

    user_id: int
    at: str


@dataclass(frozen=True)
class MfaTurnedOn(Fact):
    """The log-ins of an account need a second factor; `at` is the time in ISO 8601."""

    user_id: int
    at: str


@dataclass(frozen=True)
class MfaTurnedOff(Fact):
    """The log-ins of an account need no second factor any more; `at` is the time in ISO 8601."""

    user_id: int
    at: str


@dataclass(frozen=True)
class CodesGuessed(Fact):
    """Somebody who has the password sent too many wrong codes; `at` is the day in ISO 8601."""

    user_id: int
    at: str


@dataclass(frozen=True)
class RecoveryCodeUsed(Fact):
    """A log-in was completed with a recovery code; `at` is the time in ISO 8601."""

    user_id: int
    at: str


@dataclass(frozen=True)
class EmailChangeRequested(Fact):
    """Somebody asked to change the address of their account."""

    change_id: int


@dataclass(frozen=True)
class EmailChanged(Fact):
    """An account has a new address, which is proved."""

    change_id: int


@dataclass(frozen=True)
class AccountDeleted(Fact):
    """Somebody deleted their account; it is closed, and what is stored about them is still to be erased."""

    user_id: int


@dataclass(frozen=True)
class DataExportRequested(Fact):
    """Somebody asked for a copy of their data."""

    export_id: int


@dataclass(frozen=True)
class DataExportMade(Fact):
    """A copy of somebody's data can be fetched."""

    export_id: int


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
