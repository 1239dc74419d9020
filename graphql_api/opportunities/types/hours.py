"""GraphQL types of hours, figures and service records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import strawberry
import strawberry_django
from django.db.models import QuerySet
from strawberry import relay
from strawberry_django.optimizer import optimize

from domains.accounts import models as accounts
from domains.events.selectors import count_attended
from domains.opportunities import models, records, selectors
from domains.opportunities.selectors import GroupBy
from domains.skills import models as skill_models
from graphql_api.accounts.types import User
from graphql_api.context import Info, viewer_of
from graphql_api.relay.enums import describe
from graphql_api.relay.later import later
from graphql_api.relay.loaders import load
from graphql_api.relay.rows import row_of
from graphql_api.skills.types import Skill

if TYPE_CHECKING:
    LaterApplication = Any
else:
    LaterApplication = later("Application", "graphql_api.opportunities.types.opportunities")

describe(
    models.HoursStatus,
    description="Status of an hours entry.",
    values={
        "PROPOSED": "Proposed by check-in at an event and not yet confirmed by the volunteer: confirm it with "
        "`logHours`. The host does not see it. It follows later scans, and is removed if it is not confirmed within "
        "60 days.",
        "SUBMITTED": "Submitted by the volunteer; waits for the host's review.",
        "APPROVED": "Approved by the host. The hours count, and the entry never changes.",
        "REJECTED": "Rejected by the host. The hours do not count.",
    },
)
HoursStatus = models.HoursStatus


@strawberry_django.type(
    models.HoursEntry,
    description="Hours that a volunteer logged for an application, or that check-in at an event proposes to the "
    "volunteer.",
)
class HoursEntry(relay.Node):
    """An hours entry, for its volunteer and the host's coordinators."""

    status: HoursStatus = strawberry_django.field(description="Status of the entry.")
    started_at: datetime = strawberry_django.field(description="Time the work began.")
    ended_at: datetime = strawberry_django.field(description="Time the work ended.")
    note: str = strawberry_django.field(description="The volunteer's note; may be empty.")
    submitted_at: datetime = strawberry_django.field(
        description="Time the entry was logged or confirmed; for a proposed entry, the time it was proposed."
    )
    reviewed_at: datetime | None = strawberry_django.field(description="Time of the host's decision; null before it.")
    reviewed_by: User | None = strawberry_django.field(
        description="User who decided; null before the decision, and if the user's account was erased."
    )
    review_note: str = strawberry_django.field(description="The reviewer's note; may be empty.")
    application: LaterApplication = strawberry_django.field(description="Application that the hours belong to.")
    corrects: HoursEntry | None = strawberry_django.field(
        description="Approved entry that this one corrects; null if this entry is not a correction."
    )

    @strawberry_django.field(description="Duration from start to end, in hours.", only=["seconds"])
    async def hours(self) -> float:
        """Return the duration in hours."""
        return row_of(self, models.HoursEntry).seconds / records.SECONDS_PER_HOUR

    @strawberry_django.field(
        description="Hours that the entry adds to the approved total: 0 until it is approved. A correction adds the "
        "difference to the entry that it corrects, which may be negative.",
        annotate={"counted_seconds": lambda info: selectors.counted_seconds()},
    )
    async def counted_hours(self) -> float:
        """Return the counted seconds in hours."""
        row: Any = self
        seconds: int = row.counted_seconds
        return seconds / records.SECONDS_PER_HOUR

    @classmethod
    def get_queryset(cls, queryset: Any, info: Info, **kwargs: Any) -> QuerySet[models.HoursEntry]:
        """Return the rows that the viewer may see."""
        return models.HoursEntryQuerySet.visible_to(queryset, viewer_of(info))


@strawberry_django.type(
    models.ServiceRecord,
    description="A signed record of a volunteer's approved hours. Anyone who has its URL can read it.",
)
class ServiceRecord(relay.Node):
    """A service record, for its volunteer."""

    code: str = strawberry_django.field(description="Unguessable code that is part of the record's URL.")
    since: datetime = strawberry_django.field(
        description="Start of the period, inclusive. If the record was created for dates, this is midnight UTC of the "
        "first day: display only the date, in UTC."
    )
    until: datetime = strawberry_django.field(
        description="End of the period, exclusive. If the record was created for dates, this is midnight UTC after the "
        "last day: display the day before, in UTC."
    )
    created_at: datetime = strawberry_django.field(description="Time the record was signed.")

    @strawberry_django.field(
        description="URL of the public page on which anyone can read and check the record.", only=["code"]
    )
    async def url(self) -> str:
        """Return the URL of the record's page."""
        return records.url_of(row_of(self, models.ServiceRecord).code)

    @strawberry_django.field(description="Hours that the record states.", only=["approved_seconds"])
    async def approved_hours(self) -> float:
        """Return the stored total in hours."""
        return row_of(self, models.ServiceRecord).approved_seconds / records.SECONDS_PER_HOUR

    @strawberry_django.field(
        description="Whether the volunteer revoked the record. The page of a revoked record says only that.",
        only=["revoked_at"],
    )
    async def is_revoked(self) -> bool:
        """Return whether the record was revoked."""
        return row_of(self, models.ServiceRecord).revoked_at is not None

    @classmethod
    def get_queryset(cls, queryset: Any, info: Info, **kwargs: Any) -> QuerySet[models.ServiceRecord]:
        """Return the rows that the viewer may see."""
        return models.ServiceRecordQuerySet.visible_to(queryset, viewer_of(info))


@strawberry.type(description="Approved hours that began in one month.")
class HoursOfMonth:
    """A month and its hours."""

    month: str = strawberry.field(
        description="Year and month, such as 2026-11, in the opportunity's `timeZone`, or in UTC if that is null."
    )
    hours: float = strawberry.field(description="Approved hours of the month.")


@strawberry.type(
    description="Figures on a volunteer's work. The hours are the sum of the volunteer's approved hours entries."
)
class Impact:
    """Figures of one volunteer; the object behind it is the user's row."""

    @strawberry.field(description="Hours that hosts approved, including corrections.")
    async def approved_hours(self, info: Info) -> float:
        """Load `selectors.sum_hours`."""
        find = partial(_sum_hours, viewer_of(info), GroupBy.VOLUNTEER)
        return await load(info, _person(self), find) or 0.0

    @strawberry.field(description="Number of opportunities in which the volunteer completed a role.")
    async def opportunities_completed(self, info: Info) -> int:
        """Load `selectors.count_completed`."""
        find = partial(_count_completed, viewer_of(info), GroupBy.VOLUNTEER)
        return await load(info, _person(self), find) or 0

    @strawberry.field(description="Number of events at which the volunteer was checked in.")
    async def events_attended(self, info: Info) -> int:
        """Load `count_attended` of the events domain."""

        def find(keys: Collection[int]) -> Mapping[int, int]:
            return count_attended(viewer=viewer_of(info), attendee_ids=keys)

        return await load(info, _person(self), find) or 0

    @strawberry.field(description="Skills that the volunteer's completed roles developed, ordered by name.")
    async def skills_developed(self, info: Info) -> list[Skill]:
        """Load `selectors.find_developed_skills`, then the skills with the selected fields."""

        def find(keys: Collection[int]) -> Mapping[int, Any]:
            ids = selectors.find_developed_skills(viewer=viewer_of(info), volunteer_ids=keys)
            wanted = {skill_id for one in ids.values() for skill_id in one}
            rows = optimize(skill_models.Skill.objects.all(), info=info).in_bulk(wanted)
            return {key: [rows[skill_id] for skill_id in one] for key, one in ids.items()}

        return await load(info, _person(self), find) or []

    @strawberry.field(description="Approved hours by month, earliest first. Months without hours are left out.")
    async def hours_by_month(self, info: Info) -> list[HoursOfMonth]:
        """Load `selectors.sum_hours_by_month`."""
        find = partial(_sum_hours_by_month, viewer_of(info), GroupBy.VOLUNTEER)
        return await load(info, _person(self), find) or []


@strawberry.type(
    description="Figures on the work for a host. The hours are the sum of the hours entries that it approved."
)
class HostImpact:
    """Figures of one host; the object behind it is the host's row."""

    @strawberry.field(description="Hours that the host approved, including corrections.")
    async def approved_hours(self, info: Info) -> float:
        """Load `selectors.sum_hours`."""
        return await load(info, _host(self), partial(_sum_hours, viewer_of(info), GroupBy.HOST)) or 0.0

    @strawberry.field(description="Number of volunteers whose hours the host approved.")
    async def volunteers(self, info: Info) -> int:
        """Load `selectors.count_volunteers`."""

        def find(keys: Collection[int]) -> Mapping[int, int]:
            return selectors.count_volunteers(viewer=viewer_of(info), host_ids=keys)

        return await load(info, _host(self), find) or 0

    @strawberry.field(description="Number of the host's opportunities in which a volunteer completed a role.")
    async def opportunities_completed(self, info: Info) -> int:
        """Load `selectors.count_completed`."""
        return await load(info, _host(self), partial(_count_completed, viewer_of(info), GroupBy.HOST)) or 0

    @strawberry.field(description="Approved hours by month, earliest first. Months without hours are left out.")
    async def hours_by_month(self, info: Info) -> list[HoursOfMonth]:
        """Load `selectors.sum_hours_by_month`."""
        find = partial(_sum_hours_by_month, viewer_of(info), GroupBy.HOST)
        return await load(info, _host(self), find) or []


def _sum_hours(viewer: accounts.User | None, whose: GroupBy, keys: Collection[int]) -> Mapping[int, float]:
    return selectors.sum_hours(viewer=viewer, group_by=whose, keys=keys)


def _sum_hours_by_month(viewer: accounts.User | None, whose: GroupBy, keys: Collection[int]) -> Mapping[int, Any]:
    return selectors.sum_hours_by_month(viewer=viewer, group_by=whose, keys=keys)


def _count_completed(viewer: accounts.User | None, whose: GroupBy, keys: Collection[int]) -> Mapping[int, int]:
    return selectors.count_completed(viewer=viewer, group_by=whose, keys=keys)


def _person(shown: object) -> int:
    return row_of(shown, accounts.User).pk


def _host(shown: object) -> int:
    return row_of(shown, models.OpportunityHost).pk
