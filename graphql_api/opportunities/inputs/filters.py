"""Filters and sort orders of opportunities and hosts."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry

from domains.geo.selectors import find_zip_code_problem, normalize_zip_code
from domains.opportunities.selectors import INVALID_TIME, OpportunityFilters, Order, is_valid_time
from graphql_api.checks.input_limits import list_field
from graphql_api.checks.texts import read_words
from graphql_api.errors import BadUserInput
from graphql_api.opportunities.types import OpportunityKind, OpportunityStatus
from graphql_api.relay.ids import known_or_nobody

#: Maximum number of skills and causes in a filter.
MAX_SKILLS, MAX_CAUSES = 50, 20


@strawberry.enum(description="Sort direction.")
class Ordering(Enum):
    """A sort direction."""

    ASC = strawberry.enum_value("ASC", description="Ascending: the lowest, the earliest, or A first.")
    DESC = strawberry.enum_value("DESC", description="Descending: the highest, the latest, or Z first.")


@strawberry.input(description="Filter of the opportunities. A field that is left out does not filter, except `status`.")
class OpportunityFilter:
    """Filter of the opportunities."""

    status: OpportunityStatus | None = strawberry.field(
        description="Status of the opportunities, by default OPEN. OPEN leaves out opportunities that have ended. "
        "DRAFT lists drafts of hosts that you own or coordinate.",
        default=None,
    )
    kind: OpportunityKind | None = strawberry.field(description="How volunteers apply.", default=None)
    host_id: strawberry.ID | None = strawberry.field(
        description="ID of the host that offers the opportunity.", default=None
    )
    skill_ids: list[strawberry.ID] | None = list_field(
        MAX_SKILLS, "IDs of skills. A role requires or develops at least one of them.", default=None
    )
    cause_ids: list[strawberry.ID] | None = list_field(
        MAX_CAUSES, "IDs of causes. The opportunity serves at least one of them.", default=None
    )
    is_remote: bool | None = strawberry.field(
        description="True for remote opportunities, false for opportunities at a location.", default=None
    )
    location_zip: str | None = strawberry.field(
        description="ZIP code of the location, as five digits or ZIP+4.", default=None
    )
    starts_after: datetime | None = strawberry.field(
        description="Earliest start of the opportunity, inclusive.", default=None
    )
    starts_before: datetime | None = strawberry.field(
        description="Latest start of the opportunity, exclusive.", default=None
    )
    source: str | None = strawberry.field(
        description="Name of the source of the listing, exactly as in `ListingSource.name`.", default=None
    )

    def filters(self) -> OpportunityFilters:
        """Return the domain's filters. An invalid time or ZIP code is BAD_USER_INPUT; an invalid ID matches nothing."""
        return OpportunityFilters(
            status=self.status,
            kind=self.kind,
            host_id=None if self.host_id is None else known_or_nobody(self.host_id, "OpportunityHost"),
            skill_ids=None if self.skill_ids is None else [known_or_nobody(one, "Skill") for one in self.skill_ids],
            cause_ids=None if self.cause_ids is None else [known_or_nobody(one, "Cause") for one in self.cause_ids],
            is_remote=self.is_remote,
            location_zip=read_zip_code(self.location_zip, "locationZip"),
            starts_after=read_time(self.starts_after, "startsAfter"),
            starts_before=read_time(self.starts_before, "startsBefore"),
            source=self.source,
        )


@strawberry.input(description="Filter of the hosts. A field that is left out does not filter.")
class HostFilter:
    """Filter of the hosts."""

    search: str | None = strawberry.field(
        description="Words of the name, or their beginnings: at most 12 words and 200 characters.", default=None
    )
    zip: str | None = strawberry.field(
        description="ZIP code of the host's office, as five digits or ZIP+4.", default=None
    )
    is_verified: bool | None = strawberry.field(
        description="True for hosts that staff have verified, false for the others.", default=None
    )

    def words(self) -> list[str] | None:
        """Return the words to search for; None without a search."""
        search = (self.search or "").strip()
        return read_words(search, "search") if search else None

    def zip_code(self) -> str | None:
        """Return the normalized ZIP code; an invalid one is BAD_USER_INPUT."""
        return read_zip_code(self.zip, "zip")


def read_zip_code(text: str | None, field: str) -> str | None:
    """Return the normalized ZIP code of a filter; an invalid one is BAD_USER_INPUT."""
    zip_code = normalize_zip_code(text or "")
    if zip_code and (wrong := find_zip_code_problem(zip_code)):
        raise BadUserInput(f"`{field}`: {wrong}")
    return zip_code if text is not None else None


def read_time(moment: datetime | None, field: str) -> datetime | None:
    """Return the time of a filter; an invalid one is BAD_USER_INPUT."""
    if moment is not None and not is_valid_time(moment):
        raise BadUserInput(f"`{field}`: {INVALID_TIME}")
    return moment


@strawberry.input(one_of=True, description="Sort order of the opportunities: one field with its direction.")
class OpportunityOrder:
    """A column and its direction."""

    start_date: Ordering | None = strawberry.field(
        description="Direction of the order by start.", default=strawberry.UNSET
    )
    created_at: Ordering | None = strawberry.field(
        description="Direction of the order by creation time.", default=strawberry.UNSET
    )
    title: Ordering | None = strawberry.field(description="Direction of the order by title.", default=strawberry.UNSET)

    def order(self) -> Order:
        """Return the domain's order."""
        given = {"start_date": self.start_date, "created_at": self.created_at, "title": self.title}
        ((column, direction),) = [(column, way) for column, way in given.items() if way]
        return Order(column, is_descending=direction is Ordering.DESC)
