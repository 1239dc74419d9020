"""Hours, what they add up to, and records of them, as the API shows them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
import strawberry_django
from django.db.models import QuerySet
from strawberry import relay
from strawberry_django.optimizer import optimize

from domains.accounts import models as accounts
from domains.events.selectors import count_attended
from domains.opportunities import models, records, selectors
from domains.opportunities.selectors import Whose
from domains.skills import models as skill_models
from graphql_api.accounts.types import User
from graphql_api.context import Info, viewer_of
from graphql_api.relay.enums import describe
from graphql_api.relay.loaders import load
from graphql_api.relay.rows import row_of
from graphql_api.skills.types import Skill

if TYPE_CHECKING:
    from graphql_api.opportunities.types.opportunities import Application

describe(
    models.HoursStatus,
    description="Status of an entry of hours.",
    values={
        "PROPOSED": "Suggested by check-in, not yet confirmed by the volunteer.",
        "SUBMITTED": "The volunteer says so; it waits for the host's review.",
        "APPROVED": "The host confirmed it: it counts and never changes.",
        "REJECTED": "The host did not confirm it: it does not count.",
    },
)
HoursStatus = models.HoursStatus


@strawberry_django.type(models.HoursEntry, description="Hours that a volunteer logged for an application.")
class HoursEntry(relay.Node):
    """Some hours, as their volunteer and the host see them."""

    status: HoursStatus = strawberry_django.field(description="Where the entry stands.")
    started_at: datetime = strawberry_django.field(description="When the work began.")
    ended_at: datetime = strawberry_django.field(description="When it ended.")
    note: str = strawberry_django.field(description="What the volunteer noted; may be empty.")
    submitted_at: datetime = strawberry_django.field(description="When it was logged.")
    reviewed_at: datetime | None = strawberry_django.field(description="When the host decided; null before.")
    reviewed_by: User | None = strawberry_django.field(
        description="Who decided; null before, and for a closed account that was erased."
    )
    review_note: str = strawberry_django.field(description="What the host noted; may be empty.")
    application: Annotated[Application, strawberry.lazy("graphql_api.opportunities.types.opportunities")] = (
        strawberry_django.field(description="What the hours were given for.")
    )
    corrects: HoursEntry | None = strawberry_django.field(
        description="The approved entry that this one corrects; null for an entry of its own."
    )

    @strawberry_django.field(description="How long it was, from start to end.", only=["seconds"])
    async def hours(self) -> float:
        """Show the length."""
        return row_of(self, models.HoursEntry).seconds / records.SECONDS_PER_HOUR

    @strawberry_django.field(
        description="What it adds to the approved hours: 0 until it is approved; of a correction the difference to "
        "what it corrects, which may be negative.",
        annotate={"counted_seconds": lambda info: selectors.counted_seconds()},
    )
    async def counted_hours(self) -> float:
        """Show what counts."""
        row: Any = self
        return row.counted_seconds / records.SECONDS_PER_HOUR  # type: ignore[no-any-return]

    @classmethod
    def get_queryset(
        cls, queryset: QuerySet[models.HoursEntry], info: Info, **kwargs: Any
    ) -> QuerySet[models.HoursEntry]:
        """Everything that `visible_to` shows."""
        return models.HoursEntryQuerySet.visible_to(queryset, viewer_of(info))  # type: ignore[arg-type]


@strawberry_django.type(
    models.ServiceRecord, description="A signed record of your approved hours, public to whoever has its address."
)
class ServiceRecord(relay.Node):
    """A record of service, as its volunteer sees it."""

    code: str = strawberry_django.field(description="The code in its address, which nobody guesses.")
    since: datetime = strawberry_django.field(
        description="It counts hours that began then or later; midnight in UTC stands for a date."
    )
    until: datetime = strawberry_django.field(
        description="It counts hours that began before then; midnight in UTC stands for the date before it."
    )
    created_at: datetime = strawberry_django.field(description="When it was signed.")

    @strawberry_django.field(description="Where anybody can read and check it.", only=["code"])
    async def url(self) -> str:
        """Show the address of its page."""
        return records.url_of(row_of(self, models.ServiceRecord).code)

    @strawberry_django.field(description="The hours that it states.", only=["approved_seconds"])
    async def approved_hours(self) -> float:
        """Show the total."""
        return row_of(self, models.ServiceRecord).approved_seconds / records.SECONDS_PER_HOUR

    @strawberry_django.field(
        description="Whether you revoked it; its page says so and nothing else.", only=["revoked_at"]
    )
    async def is_revoked(self) -> bool:
        """Say whether it was revoked."""
        return row_of(self, models.ServiceRecord).revoked_at is not None

    @classmethod
    def get_queryset(
        cls, queryset: QuerySet[models.ServiceRecord], info: Info, **kwargs: Any
    ) -> QuerySet[models.ServiceRecord]:
        """Everything that `visible_to` shows."""
        return models.ServiceRecordQuerySet.visible_to(queryset, viewer_of(info))  # type: ignore[arg-type]


@strawberry.type(description="The approved hours that began in one month.")
class HoursOfMonth:
    """A month and its hours."""

    month: str = strawberry.field(
        description="Year and month, such as 2026-11, where the opportunity is (its timeZone, else UTC)."
    )
    hours: float = strawberry.field(description="The hours.")


@strawberry.type(description="What came of a volunteer's time. It equals the sum of their approved entries of hours.")
class Impact:
    """Figures of one person, whose row is behind them."""

    @strawberry.field(description="The hours that hosts approved, corrections included.")
    async def approved_hours(self, info: Info) -> float:
        """Ask `selectors.sum_hours`."""
        find = partial(_sum_hours, viewer_of(info), Whose.VOLUNTEER)
        return await load(info, _person(self), find) or 0.0

    @strawberry.field(description="In how many opportunities they completed a role.")
    async def opportunities_completed(self, info: Info) -> int:
        """Ask `selectors.count_completed`."""
        find = partial(_count_completed, viewer_of(info), Whose.VOLUNTEER)
        return await load(info, _person(self), find) or 0

    @strawberry.field(description="At how many events they were checked in.")
    async def events_attended(self, info: Info) -> int:
        """Ask `count_attended` of events."""

        def find(keys: Collection[int]) -> Mapping[int, int]:
            return count_attended(viewer=viewer_of(info), attendee_ids=keys)

        return await load(info, _person(self), find) or 0

    @strawberry.field(description="The skills that their completed roles developed, by name.")
    async def skills_developed(self, info: Info) -> list[Skill]:
        """Ask `selectors.find_developed_skills`, then read the skills with what is selected."""

        def find(keys: Collection[int]) -> Mapping[int, Any]:
            ids = selectors.find_developed_skills(viewer=viewer_of(info), volunteer_ids=keys)
            wanted = {skill_id for one in ids.values() for skill_id in one}
            rows = optimize(skill_models.Skill.objects.all(), info=info).in_bulk(wanted)
            return {key: [rows[skill_id] for skill_id in one] for key, one in ids.items()}

        return await load(info, _person(self), find) or []

    @strawberry.field(description="The approved hours by month, earliest first; months without any are left out.")
    async def hours_by_month(self, info: Info) -> list[HoursOfMonth]:
        """Ask `selectors.sum_hours_by_month`."""
        find = partial(_sum_hours_by_month, viewer_of(info), Whose.VOLUNTEER)
        return await load(info, _person(self), find) or []


@strawberry.type(description="What came of an organisation's work. It equals the sum of the entries it approved.")
class HostImpact:
    """Figures of one host, whose row is behind them."""

    @strawberry.field(description="The hours that it approved, corrections included.")
    async def approved_hours(self, info: Info) -> float:
        """Ask `selectors.sum_hours`."""
        return await load(info, _host(self), partial(_sum_hours, viewer_of(info), Whose.HOST)) or 0.0

    @strawberry.field(description="How many people gave it hours that it approved.")
    async def volunteers(self, info: Info) -> int:
        """Ask `selectors.count_volunteers`."""

        def find(keys: Collection[int]) -> Mapping[int, int]:
            return selectors.count_volunteers(viewer=viewer_of(info), host_ids=keys)

        return await load(info, _host(self), find) or 0

    @strawberry.field(description="In how many of its opportunities somebody completed a role.")
    async def opportunities_completed(self, info: Info) -> int:
        """Ask `selectors.count_completed`."""
        return await load(info, _host(self), partial(_count_completed, viewer_of(info), Whose.HOST)) or 0

    @strawberry.field(description="The approved hours by month, earliest first; months without any are left out.")
    async def hours_by_month(self, info: Info) -> list[HoursOfMonth]:
        """Ask `selectors.sum_hours_by_month`."""
        find = partial(_sum_hours_by_month, viewer_of(info), Whose.HOST)
        return await load(info, _host(self), find) or []


def _sum_hours(viewer: accounts.User | None, whose: Whose, keys: Collection[int]) -> Mapping[int, float]:
    return selectors.sum_hours(viewer=viewer, whose=whose, keys=keys)


def _sum_hours_by_month(viewer: accounts.User | None, whose: Whose, keys: Collection[int]) -> Mapping[int, Any]:
    return selectors.sum_hours_by_month(viewer=viewer, whose=whose, keys=keys)


def _count_completed(viewer: accounts.User | None, whose: Whose, keys: Collection[int]) -> Mapping[int, int]:
    return selectors.count_completed(viewer=viewer, whose=whose, keys=keys)


def _person(shown: object) -> int:
    return row_of(shown, accounts.User).pk


def _host(shown: object) -> int:
    return row_of(shown, models.OpportunityHost).pk
