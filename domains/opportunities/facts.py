"""What can have happened to opportunities and applications."""

from dataclasses import dataclass

from domains.base.bus import Fact


@dataclass(frozen=True)
class OpportunityPublished(Fact):
    """A host opened an opportunity to everybody."""

    opportunity_id: int


@dataclass(frozen=True)
class ApplicationSubmitted(Fact):
    """Somebody applied for a place; the application may have been accepted at once, or wait in line."""

    application_id: int


@dataclass(frozen=True)
class ApplicationDecided(Fact):
    """A coordinator decided about an application; `move_id` is the line of its history that says how."""

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
