"""GraphQL types of check-in: the answer to a scan, the counts, and the key to check codes offline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import strawberry
from strawberry.types.nodes import SelectedField
from strawberry_django.optimizer import OptimizerStore, optimize

from domains.base import signing
from domains.events import codes, models, selectors
from graphql_api.context import Info
from graphql_api.relay.enums import describe
from graphql_api.relay.later import later
from graphql_api.relay.loaders import load

#: Fields of a ticket that the answer to a scan has in memory, with those below them; None for whatever is below.
IN_MEMORY: dict[str, Any] = {
    **dict.fromkeys(("__typename", "id", "ticketCode", "qrCode", "status", "checkedIn", "checkInTime", "isInside")),
    "attendee": dict.fromkeys(("__typename", "id", "displayName")),
    "event": dict.fromkeys(("__typename", "id", "title")),
}
#: Columns of a ticket that have the values of the answer.
ANSWERED = (
    "status",
    "cancelled_at",
    "revoked_at",
    "revoked_reason",
    "check_in_time",
    "is_inside",
    "ticket_code",
    "code_random",
)

describe(
    models.ScanOutcome,
    name="CheckInOutcome",
    description="Outcome of a scan. Only ADMITTED and EXITED let the person pass. If there are several reasons to "
    "refuse, the first in this order is the answer: UNKNOWN_CODE, WRONG_EVENT, EVENT_CANCELLED, REVOKED, CANCELLED, "
    "TOO_EARLY or TOO_LATE, ALREADY_CHECKED_IN or NOT_INSIDE.",
    values={
        "ADMITTED": "The person may come in.",
        "EXITED": "The person went out, and may come in again.",
        "ALREADY_CHECKED_IN": "The scan is an entry, and the person is inside already. `firstCheckInTime` says when "
        "they first came in.",
        "NOT_INSIDE": "The scan is an exit, and the person is not inside.",
        "UNKNOWN_CODE": "The text is not the code of a ticket, or it was changed.",
        "WRONG_EVENT": "The ticket is for another event.",
        "EVENT_CANCELLED": "The event is canceled.",
        "REVOKED": "The organizers revoked the ticket, or its holder replaced this code by a new one.",
        "CANCELLED": "The ticket was canceled, or was never issued.",
        "TOO_EARLY": "Check-in has not begun yet. It begins two hours before `eventDate`.",
        "TOO_LATE": "Check-in is over. It ends two hours after `endDate`.",
    },
)
CheckInOutcome = models.ScanOutcome

describe(
    models.ScanDirection,
    name="CheckInDirection",
    description="Direction of a scan.",
    values={"ENTRY": "The person comes in.", "EXIT": "The person goes out."},
)
CheckInDirection = models.ScanDirection


@strawberry.type(
    description="Answer to a scan. A repeat with the same nonce gets the same answer, also after the ticket has "
    "changed."
)
class CheckInResult:
    """The answer to one scan."""

    outcome: CheckInOutcome = strawberry.field(description="Outcome of the scan.")
    direction: CheckInDirection = strawberry.field(description="Direction of the scan.")
    nonce: str = strawberry.field(description="Nonce that the client gave to the scan.")
    scanned_at: datetime = strawberry.field(
        description="Time of the scan: the server's for `checkIn`, the device's for `syncCheckIns`."
    )
    recorded_at: datetime = strawberry.field(description="Time the server stored the scan.")
    first_check_in_time: datetime | None = strawberry.field(
        description="Time the holder of the ticket first came in, as far as the server knew at this answer; null if "
        "they had not come in."
    )
    is_recorded_though_invalid: bool = strawberry.field(
        description="Whether the scan was made offline and was valid at its time, but the event or ticket was "
        "canceled, revoked or changed before the scan arrived."
    )
    scan: strawberry.Private[models.Scan]

    @strawberry.field(
        graphql_type=later("EventTicket", "graphql_api.events.types.tickets") | None,
        description="Ticket of the code, as it was at this answer. Its codes are null, and the reason why it was "
        "revoked is empty. Null for UNKNOWN_CODE and WRONG_EVENT, if the holder's account was erased, and to scanners "
        "in `eventCheckIns`, unless the scan is their own.",
    )
    async def ticket(self, info: Info) -> models.EventTicket | None:
        """Return the ticket as it was answered; what else is asked for costs one statement for all results."""
        ticket = self.scan.ticket
        # A document may select the ticket in several places, such as by two fragments: they are one answer.
        asked = (one for place in info.selected_fields for one in place.selections)
        if ticket is None or _is_within(asked, IN_MEMORY):
            return ticket
        row = await load(info, ticket.pk, partial(_find_tickets, info))
        return None if row is None else _with_values_of(ticket, row)

    @classmethod
    def of(cls, scan: models.Scan) -> CheckInResult:
        """Return the answer of a scan whose ticket is as `show_as_answered` leaves it."""
        return cls(
            outcome=scan.outcome,
            direction=scan.direction,
            nonce=scan.nonce,
            scanned_at=scan.scanned_at,
            recorded_at=scan.recorded_at,
            first_check_in_time=scan.first_check_in_time,
            is_recorded_though_invalid=scan.is_recorded_though_invalid,
            scan=scan,
        )

    def without_ticket(self) -> CheckInResult:
        """Return the answer as other scanners see it, who may not know whose ticket it was."""
        return replace(self, scan=models.Scan(pk=self.scan.pk))


def _is_within(selections: Iterable[Any], known: Mapping[str, Any] | None) -> bool:
    """Return whether only known fields are selected, also through fragments."""
    if known is None:
        return True
    for one in selections:
        is_field = isinstance(one, SelectedField)
        if is_field and one.name not in known:
            return False
        if not _is_within(one.selections, known[one.name] if is_field else known):
            return False
    return True


def _find_tickets(info: Info, keys: Sequence[int]) -> Mapping[int, models.EventTicket]:
    """Return the tickets with the selected fields; the viewer may see them, because they are in a scan's answer."""
    rows = models.EventTicket.objects.filter(pk__in=keys)
    return {row.pk: row for row in optimize(rows, info=info, store=OptimizerStore.with_hints(only=ANSWERED))}


def _with_values_of(answered: models.EventTicket, row: models.EventTicket) -> models.EventTicket:
    """Return a copy of the row with the values of the answer."""
    shown = copy(row)
    for name in ANSWERED:
        setattr(shown, name, getattr(answered, name))
    return shown


@strawberry.type(description="Answers to the scans of one upload.")
class CheckInBatch:
    """The answers of `syncCheckIns`."""

    results: list[CheckInResult] = strawberry.field(description="Answer to each scan, in the order sent.")
    admitted: int = strawberry.field(
        description="Number of answers that let the person pass: those with ADMITTED or EXITED."
    )
    refused: int = strawberry.field(description="Number of all other answers.")


@strawberry.type(description="Counts of an event's tickets.")
class CheckInSummary:
    """How many people are expected, and how many came."""

    issued: int = strawberry.field(description="Number of tickets that are ISSUED.")
    checked_in: int = strawberry.field(
        description="Number of tickets whose holder has come in at least once, including tickets that were canceled "
        "afterwards."
    )
    inside: int = strawberry.field(description="Number of tickets whose holder is inside.")

    @classmethod
    def of(cls, counts: selectors.CheckInCounts) -> CheckInSummary:
        """Return the counts of the domain."""
        return cls(issued=counts.issued, checked_in=counts.checked_in, inside=counts.inside)


@strawberry.type(
    description="Public key that verifies the codes in QR codes, so that a scanner can check them offline. A code is a "
    "compact JWS; check its signature, its `typ` (`ticket+jwt`) and its `aud`."
)
class CheckInKey:
    """What a scanner needs to check codes without the server."""

    algorithm: str = strawberry.field(description="Algorithm of the signatures: `EdDSA` (Ed25519).")
    key_id: str = strawberry.field(
        description="ID of the key, which the header of a code names as `kid`. Codes that name another key were signed "
        "before the server's secret was changed: only the server can check them."
    )
    public_key: str = strawberry.field(description="Public key in PEM (SubjectPublicKeyInfo).")
    audience: str = strawberry.field(description="Value of `aud` in the codes of this event.")


def key_of(event_id: int) -> CheckInKey:
    """Return the key for the codes of an event."""
    key, audience = signing.public_key(codes.PURPOSE), codes.audience_of(event_id)
    return CheckInKey(algorithm=signing.ALGORITHM, key_id=key.kid, public_key=key.pem, audience=audience)


@strawberry.type(description="A scan at the event, live.")
class EventCheckIn:
    """An answer, with the counts after it."""

    result: CheckInResult = strawberry.field(description="Answer to the scan.")
    summary: CheckInSummary = strawberry.field(
        description="Counts of the event's tickets at the time the scan was read; they may include later scans."
    )
