"""Facts about hosts, opportunities, applications and hours."""

from dataclasses import dataclass

from domains.base.bus import Fact


@dataclass(frozen=True)
class OpportunityPublished(Fact):
    """A host published an opportunity."""

    opportunity_id: int


@dataclass(frozen=True)
class OpportunityChanged(Fact):
    """A host changed the times or location of a published opportunity; `change_id` is the row of the change."""

    opportunity_id: int
    change_id: int


@dataclass(frozen=True)
class OpportunityClosed(Fact):
    """An opportunity was closed and takes no more applications."""

    opportunity_id: int


@dataclass(frozen=True)
class OpportunityCancelled(Fact):
    """A published opportunity was cancelled, with its live applications; `change_id` is the row with the reason."""

    opportunity_id: int
    change_id: int


@dataclass(frozen=True)
class HostMemberInvited(Fact):
    """An owner invited an address to join a host, for the first time or again."""

    membership_id: int


@dataclass(frozen=True)
class ApplicationSubmitted(Fact):
    """A volunteer applied for a slot; the application may be accepted already, or waitlisted."""

    application_id: int


@dataclass(frozen=True)
class HostWoundUp(Fact):
    """A host has no owner or coordinator any more, since the last one deleted their account: it offers nothing."""

    host_id: int


@dataclass(frozen=True)
class HostHandedOver(Fact):
    """A coordinator is the owner of a host now, since the last owner deleted their account."""

    membership_id: int


@dataclass(frozen=True)
class ApplicationWithdrawn(Fact):
    """The volunteer withdrew an application; `move_id` is the row of its history with the former status."""

    application_id: int
    move_id: int


@dataclass(frozen=True)
class OfferMade(Fact):
    """A slot became free and is held for the first on the waitlist until a deadline."""

    application_id: int
    move_id: int


@dataclass(frozen=True)
class OfferAnswered(Fact):
    """The volunteer accepted or refused the offered slot."""

    application_id: int
    move_id: int


@dataclass(frozen=True)
class OfferExpired(Fact):
    """The volunteer did not answer the offer in time; the slot goes to the next on the waitlist."""

    application_id: int
    move_id: int


@dataclass(frozen=True)
class ApplicationDecided(Fact):
    """A coordinator decided about an application; `move_id` is the row of its history with the decision."""

    application_id: int
    move_id: int


@dataclass(frozen=True)
class EligibilityOverridden(Fact):
    """A coordinator accepted a volunteer anyway; `move_id` is the row of the history with the overridden reasons."""

    application_id: int
    move_id: int


@dataclass(frozen=True)
class HoursProposed(Fact):
    """An event is over, and its check-in proposes hours to a volunteer, of which this entry is the first."""

    hours_entry_id: int


@dataclass(frozen=True)
class HoursSubmitted(Fact):
    """A volunteer logged or confirmed hours, or logged a correction of hours."""

    hours_entry_id: int


@dataclass(frozen=True)
class HoursReviewed(Fact):
    """A coordinator of the host approved or rejected an entry of hours."""

    hours_entry_id: int
