"""Facts about events, tickets and check-ins."""

from dataclasses import dataclass

from domains.base.bus import Fact


@dataclass(frozen=True)
class EventPublished(Fact):
    """An event was published, and gives tickets."""

    event_id: int


@dataclass(frozen=True)
class EventChanged(Fact):
    """The time or location of a published event changed; `change_id` is the row of the change."""

    event_id: int
    change_id: int


@dataclass(frozen=True)
class EventCancelled(Fact):
    """A published event was canceled, with its live tickets; `change_id` is the row with the reason."""

    event_id: int
    change_id: int


@dataclass(frozen=True)
class EventRemoved(Fact):
    """An event that had not ended was removed with the account of its creator; some of its ticket holders.

    It names them and the time (in ISO 8601), because the rows are gone.
    """

    event_id: int
    begins_at: str
    holder_ids: list[int]


@dataclass(frozen=True)
class TicketIssued(Fact):
    """A ticket became ISSUED: it was claimed, or its holder accepted the offer."""

    ticket_id: int


@dataclass(frozen=True)
class TicketOffered(Fact):
    """A slot became free and is held for the first on the waitlist until the offer's deadline."""

    ticket_id: int


@dataclass(frozen=True)
class TicketOfferExpired(Fact):
    """The attendee did not answer an offer in time; the ticket is canceled, and the slot goes to the next."""

    ticket_id: int


@dataclass(frozen=True)
class TicketRotated(Fact):
    """The holder replaced the code of a ticket; `former_code_id` is the row of the replaced one."""

    ticket_id: int
    former_code_id: int


@dataclass(frozen=True)
class TicketRevoked(Fact):
    """A manager of the event revoked a ticket."""

    ticket_id: int


@dataclass(frozen=True)
class ScansRecorded(Fact):
    """Scans were recorded at an event; delivered at once and never repeated, because it is only a wake-up."""

    event_id: int


@dataclass(frozen=True)
class AttendeesPassed(Fact):
    """People entered or left an event of an opportunity, or it has another one: their proposed hours may differ now."""

    event_id: int
    ticket_ids: list[int]
