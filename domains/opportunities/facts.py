"""What can have happened to opportunities and applications."""

from dataclasses import dataclass

from domains.base.bus import Fact


@dataclass(frozen=True)
class OpportunityPublished(Fact):
    """A host opened an opportunity to everybody."""

    opportunity_id: int


@dataclass(frozen=True)
class OpportunityChanged(Fact):
    """A host changed when or where a published opportunity is; `change_id` is the row that says what."""

    opportunity_id: int
    change_id: int


@dataclass(frozen=True)
class OpportunityClosed(Fact):
    """A host takes no more applications for an opportunity."""

    opportunity_id: int


@dataclass(frozen=True)
class OpportunityCancelled(Fact):
    """A host called a published opportunity off, and with it every live application; `change_id` says why."""

    opportunity_id: int
    change_id: int


@dataclass(frozen=True)
class HostMemberInvited(Fact):
    """An owner asked an address to join a host, for the first time or again."""

    membership_id: int


@dataclass(frozen=True)
class ApplicationSubmitted(Fact):
    """Somebody applied for a place; the application may have been accepted at once, or wait in line."""

    application_id: int


@dataclass(frozen=True)
class ApplicationWithdrawn(Fact):
    """The volunteer took an application back; `move_id` is the line of its history that says from where."""

    application_id: int
    move_id: int


@dataclass(frozen=True)
class OfferMade(Fact):
    """A place became free and is held for the first in line until a deadline."""

    application_id: int
    move_id: int


@dataclass(frozen=True)
class OfferAnswered(Fact):
    """The volunteer took the offered place, or left it to the next."""

    application_id: int
    move_id: int


@dataclass(frozen=True)
class OfferExpired(Fact):
    """Nobody answered the offer in time; the place went on to the next."""

    application_id: int
    move_id: int


@dataclass(frozen=True)
class ApplicationDecided(Fact):
    """A coordinator decided about an application; `move_id` is the line of its history that says how."""

    application_id: int
    move_id: int


@dataclass(frozen=True)
class EligibilityOverridden(Fact):
    """A coordinator accepted somebody anyway; `move_id` is the line of the history with the reasons passed over."""

    application_id: int
    move_id: int


@dataclass(frozen=True)
class HoursSubmitted(Fact):
    """A volunteer logged hours, or a correction of hours."""

    hours_entry_id: int


@dataclass(frozen=True)
class HoursReviewed(Fact):
    """Somebody who runs the host approved or rejected an entry of hours."""

    hours_entry_id: int
