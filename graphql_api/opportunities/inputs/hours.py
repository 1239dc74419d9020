"""Inputs of the mutations of hours and service records."""

from __future__ import annotations

from datetime import datetime

import strawberry


@strawberry.input(
    description="Input of `logHours`: new hours with `applicationId`, or proposed hours to confirm with `hoursEntryId`."
)
class LogHoursInput:
    """Hours to log, or to confirm."""

    application_id: strawberry.ID | None = strawberry.field(
        description="ID of your application that new hours belong to. It must be ACCEPTED or COMPLETED; otherwise the "
        "mutation is refused with CONFLICT or CLOSED. Leave it out to confirm proposed hours.",
        default=None,
    )
    hours_entry_id: strawberry.ID | None = strawberry.field(
        description="ID of your PROPOSED entry to confirm, which becomes SUBMITTED. Give only what you change of its "
        "times, and a note if you like. Leave it out to log new hours.",
        default=None,
    )
    started_at: datetime | None = strawberry.field(
        description="Time the work began, with its UTC offset. Required for new hours.", default=None
    )
    ended_at: datetime | None = strawberry.field(
        description="Time the work ended, with its UTC offset. Required for new hours. It is not in the future, at "
        "most 30 days after the opportunity, and at most 24 hours after `startedAt` unless the opportunity is longer. "
        "A correction may end at its start: no hours were worked.",
        default=None,
    )
    note: str = strawberry.field(
        description="Note on the work, at most 500 characters. It is required if the work took longer than the "
        "opportunity was planned to last.",
        default="",
    )
    corrects_id: strawberry.ID | None = strawberry.field(
        description="ID of the approved entry that these new hours correct; null for other hours.",
        default=None,
    )


@strawberry.input(description="Input of `reviewHours`.")
class ReviewHoursInput:
    """A decision about logged hours."""

    hours_entry_id: strawberry.ID = strawberry.field(description="ID of the hours entry.")
    approve: bool = strawberry.field(description="True to approve the hours, which is final; false to reject them.")
    note: str = strawberry.field(description="Note to the volunteer, at most 500 characters.", default="")


@strawberry.input(
    description="Input of `createServiceRecord`. A date such as 2026-05-04 is a day in the opportunity's `timeZone`, "
    "or in UTC if that is null."
)
class CreateServiceRecordInput:
    """The period of a service record."""

    since: datetime | None = strawberry.field(
        description="Start of the period, a time or a date; by default the day of your first approved hours.",
        default=None,
    )
    until: datetime | None = strawberry.field(
        description="End of the period, a time (exclusive) or a date (inclusive); by default today.", default=None
    )


@strawberry.input(description="Input of `revokeServiceRecord`.")
class RevokeServiceRecordInput:
    """A service record to revoke."""

    record_id: strawberry.ID = strawberry.field(description="ID of the service record to revoke.")
