"""What the acts on hours and records of them take."""

from __future__ import annotations

from datetime import datetime

import strawberry


@strawberry.input(description="What `logHours` takes.")
class LogHoursInput:
    """Some hours."""

    application_id: strawberry.ID = strawberry.field(description="The application they were given for.")
    started_at: datetime = strawberry.field(description="When the work began, with the offset.")
    ended_at: datetime = strawberry.field(
        description="When it ended, with the offset; of a correction it may be the start: nothing was worked."
    )
    note: str = strawberry.field(
        description="What you did, at most 500 characters; needed where it took longer than was planned.", default=""
    )
    corrects_id: strawberry.ID | None = strawberry.field(
        description="The approved entry that these hours put right; without it they are an entry of their own.",
        default=None,
    )


@strawberry.input(description="What `reviewHours` takes.")
class ReviewHoursInput:
    """A host's decision about hours."""

    hours_entry_id: strawberry.ID = strawberry.field(description="The entry.")
    approve: bool = strawberry.field(description="True: they count, for good. False: they do not.")
    note: str = strawberry.field(description="A word to the volunteer, at most 500 characters.", default="")


@strawberry.input(
    description="What `createServiceRecord` takes. A date such as 2026-05-04 is a day where the opportunity is (its "
    "timeZone, else UTC)."
)
class CreateServiceRecordInput:
    """Which hours a record states."""

    since: datetime | None = strawberry.field(
        description="Hours that began then or later; without it, from the first.", default=None
    )
    until: datetime | None = strawberry.field(
        description="Hours that began before then, or on that date; without it, up to today.", default=None
    )


@strawberry.input(description="What `revokeServiceRecord` takes.")
class RevokeServiceRecordInput:
    """A record."""

    record_id: strawberry.ID = strawberry.field(description="The record to revoke.")
