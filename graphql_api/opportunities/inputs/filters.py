"""What narrows and orders the list of opportunities."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry

from domains.geo.selectors import normalize_zip_code, why_no_zip_code
from domains.opportunities.selectors import SENSIBLE_TIME, OpportunityFilters, Order, is_sensible_time
from graphql_api.checks.input_limits import list_field
from graphql_api.checks.texts import read_words
from graphql_api.errors import BadUserInput
from graphql_api.opportunities.types import OpportunityKind, OpportunityStatus
from graphql_api.relay.ids import known_or_nobody

#: By how many the list can be narrowed at once.
MAX_SKILLS, MAX_CAUSES = 50, 20


@strawberry.enum(description="Which end of a list comes first.")
class Ordering(Enum):
    """A direction."""

    ASC = strawberry.enum_value("ASC", description="The lowest, the earliest, or A first.")
    DESC = strawberry.enum_value("DESC", description="The highest, the latest, or Z first.")


@strawberry.input(description="Which opportunities to list; what is left out does not narrow the list.")
class OpportunityFilter:
    """What narrows the list of opportunities."""

    status: OpportunityStatus | None = strawberry.field(
        description="Only these; without it OPEN. DRAFT lists those of hosts you run.", default=None
    )
    kind: OpportunityKind | None = strawberry.field(description="How one gets a place.", default=None)
    host_id: strawberry.ID | None = strawberry.field(description="Of this organisation.", default=None)
    skill_ids: list[strawberry.ID] | None = list_field(
        MAX_SKILLS, "With a role that requires or develops one of these skills.", default=None
    )
    cause_ids: list[strawberry.ID] | None = list_field(MAX_CAUSES, "Good for one of these causes.", default=None)
    is_remote: bool | None = strawberry.field(description="From anywhere, or at a place.", default=None)
    location_zip: str | None = strawberry.field(description="In this ZIP code, as five digits or ZIP+4.", default=None)
    starts_after: datetime | None = strawberry.field(description="Beginning then or later.", default=None)
    starts_before: datetime | None = strawberry.field(description="Beginning before then.", default=None)
    source: str | None = strawberry.field(description="Found at the source with this name.", default=None)

    def filters(self) -> OpportunityFilters:
        """Return it as the domain knows it; a time or ZIP code that is none is BAD_USER_INPUT, an id finds nothing."""
        return OpportunityFilters(
            status=self.status,
            kind=self.kind,
            host_id=None if self.host_id is None else known_or_nobody(self.host_id, "OpportunityHost"),
            skill_ids=None if self.skill_ids is None else [known_or_nobody(one, "Skill") for one in self.skill_ids],
            cause_ids=None if self.cause_ids is None else [known_or_nobody(one, "Cause") for one in self.cause_ids],
            is_remote=self.is_remote,
            location_zip=_zip_code(self.location_zip, "locationZip"),
            starts_after=_time(self.starts_after, "startsAfter"),
            starts_before=_time(self.starts_before, "startsBefore"),
            source=self.source,
        )


@strawberry.input(description="Which organizations to list; what is left out does not narrow the list.")
class HostFilter:
    """What narrows the list of hosts."""

    search: str | None = strawberry.field(
        description="Up to 12 words, or beginnings of words, of the name; of 200 characters in all.", default=None
    )
    zip: str | None = strawberry.field(
        description="With an office in this ZIP code (ZIP+4 is read, too).", default=None
    )
    is_verified: bool | None = strawberry.field(description="Verified by the community, or not.", default=None)

    def words(self) -> list[str] | None:
        """Return the words to look for; None where there is nothing to look for."""
        search = (self.search or "").strip()
        return read_words(search, "search") if search else None

    def zip_code(self) -> str | None:
        """Return the ZIP code to look for; one that is none is BAD_USER_INPUT."""
        return _zip_code(self.zip, "zip")


def _zip_code(text: str | None, field: str) -> str | None:
    zip_code = normalize_zip_code(text or "")
    if zip_code and (wrong := why_no_zip_code(zip_code)):
        raise BadUserInput(f"`{field}`: {wrong}")
    return zip_code if text is not None else None


def _time(moment: datetime | None, field: str) -> datetime | None:
    if moment is not None and not is_sensible_time(moment):
        raise BadUserInput(f"`{field}`: {SENSIBLE_TIME}")
    return moment


@strawberry.input(one_of=True, description="One column to order opportunities by.")
class OpportunityOrder:
    """A column and its direction."""

    start_date: Ordering | None = strawberry.field(description="By when they begin.", default=strawberry.UNSET)
    created_at: Ordering | None = strawberry.field(description="By when they were written.", default=strawberry.UNSET)
    title: Ordering | None = strawberry.field(description="By title.", default=strawberry.UNSET)

    def order(self) -> Order:
        """Return it as the domain knows it."""
        given = {"start_date": self.start_date, "created_at": self.created_at, "title": self.title}
        ((column, direction),) = [(column, way) for column, way in given.items() if way]
        return Order(column, is_descending=direction is Ordering.DESC)
