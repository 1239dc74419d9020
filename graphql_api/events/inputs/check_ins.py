"""Inputs of check-in."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domains.events.services import MAX_SCANS, OfflineScan
from graphql_api.checks.input_limits import list_field
from graphql_api.events.types import CheckInDirection

CODE = (
    "What the QR code holds, or the 16 characters below it as a person types them: in any case, with spaces or dashes. "
    "Any other text is answered with UNKNOWN_CODE."
)
NONCE = (
    "Text that identifies the scan at its event, such as a UUID: 1 to 64 characters. A repeat gets the first answer."
)


@strawberry.input(description="Input of `checkIn`.")
class CheckInInput:
    """A scan that is made now."""

    event_id: strawberry.ID = strawberry.field(description="ID of the event at which the scan is made.")
    code: str = strawberry.field(description=CODE)
    nonce: str = strawberry.field(description=NONCE)
    direction: CheckInDirection = strawberry.field(
        description="Whether the person comes in or goes out.", default=CheckInDirection.ENTRY
    )


@strawberry.input(description="A scan that a device made while it was offline.")
class OfflineScanInput:
    """A scan from a device's queue."""

    code: str = strawberry.field(description=CODE)
    nonce: str = strawberry.field(description=NONCE)
    scanned_at: datetime = strawberry.field(
        description="Time of the scan by the device's clock, with its UTC offset; at most 10 minutes ahead of the "
        "server's."
    )
    direction: CheckInDirection = strawberry.field(
        description="Whether the person came in or went out.", default=CheckInDirection.ENTRY
    )

    def scan(self) -> OfflineScan:
        """Return the domain's value."""
        return OfflineScan(code=self.code, nonce=self.nonce, scanned_at=self.scanned_at, direction=self.direction)


@strawberry.input(description="Input of `syncCheckIns`.")
class SyncCheckInsInput:
    """The queue of a device."""

    event_id: strawberry.ID = strawberry.field(description="ID of the event at which the scans were made.")
    device_id: str = strawberry.field(
        description="Text that identifies the device, such as a UUID that it keeps: 1 to 64 characters."
    )
    scans: list[OfflineScanInput] = list_field(
        MAX_SCANS, "Scans in any order; they are decided in the order of `scannedAt`.", service_answers=True
    )
