"""A host's input for an opportunity and its roles, and the validation of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from domains.accounts.models import User
from domains.base.errors import Code, Problem
from domains.geo.selectors import normalize_zip_code, zip_point
from domains.opportunities.models import Cause, Opportunity, OpportunityKind
from domains.opportunities.selectors import INVALID_TIME, is_valid_time
from domains.opportunities.services.role_drafts import RoleDraft, problems_of_roles
from domains.opportunities.services.values import one_line, problems_of, problems_of_texts

MAX_CAUSES = 20
INVALID_END = "It ends before it has begun, or in the same moment; give an endDate that is after the startDate."
#: The columns that say where the opportunity is, in words; its coordinates follow from them.
LOCATION_COLUMNS = ("location_text", "location_zip", "is_remote")


@dataclass(frozen=True)
class OpportunityDraft:
    """An opportunity with its roles."""

    title: str
    description: str
    start_date: datetime
    end_date: datetime
    kind: OpportunityKind = OpportunityKind.SIGN_UP
    impact_statement: str = ""
    location_text: str = ""
    location_zip: str = ""
    is_remote: bool = False
    cause_ids: Sequence[int] = ()
    roles: Sequence[RoleDraft] = ()

    def row(self, *, host_id: int | None, created_by: User | None) -> Opportunity:
        """Return the draft as a row; its coordinates are the middle of its ZIP code."""
        location_zip = normalize_zip_code(self.location_zip)
        coordinates = None if self.is_remote else zip_point(location_zip)
        latitude, longitude = coordinates or (None, None)
        return Opportunity(
            host_id=host_id,
            created_by=created_by,
            kind=self.kind,
            title=one_line(self.title),
            description=self.description.strip(),
            impact_statement=self.impact_statement.strip(),
            start_date=self.start_date,
            end_date=self.end_date,
            location_text=one_line(self.location_text),
            location_zip=location_zip,
            latitude=latitude,
            longitude=longitude,
            is_remote=self.is_remote,
        )


@dataclass(frozen=True)
class OpportunityChanges:
    """A host's changes to an opportunity; None leaves a value unchanged, given causes replace the existing ones."""

    title: str | None = None
    description: str | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    kind: OpportunityKind | None = None
    impact_statement: str | None = None
    location_text: str | None = None
    location_zip: str | None = None
    is_remote: bool | None = None
    cause_ids: Sequence[int] | None = None

    def applied_to(self, opportunity: Opportunity) -> OpportunityDraft:
        """Return the opportunity with the changes; its causes only if they are given, and no roles, which stay."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        columns = [name for name in given if name != "cause_ids"]
        now = OpportunityDraft(**{name: getattr(opportunity, name) for name in columns})
        return replace(now, **{name: value for name, value in given.items() if value is not None})


def columns_changed(opportunity: Opportunity, wanted: Opportunity) -> dict[str, Any]:
    """Return the columns that differ in the wanted row, with their new values.

    The coordinates change only together with the columns that say where it is.
    """
    names = [field.name for field in fields(OpportunityChanges) if field.name != "cause_ids"]
    changed = {name: getattr(wanted, name) for name in names if getattr(wanted, name) != getattr(opportunity, name)}
    if not changed.keys().isdisjoint(LOCATION_COLUMNS):
        changed |= {"latitude": wanted.latitude, "longitude": wanted.longitude}
    return changed


def problems_of_draft(draft: OpportunityDraft, row: Opportunity, *, before: Opportunity | None = None) -> list[Problem]:
    """Return all problems of a new or changed opportunity and its roles, with their fields; `before` is the old row."""
    times = _problems_of_times(row, before)
    # An invalid time cannot be cleaned either; an unchanged ZIP code does not stop another change.
    is_same_zip = before is not None and before.location_zip == row.location_zip
    exclude = {
        "host",
        "created_by",
        *(["start_date", "end_date"] if times else []),
        *(["location_zip"] if is_same_zip else []),
    }
    return [
        *problems_of(row, exclude=exclude),
        *problems_of_texts(row, lines=("title", "location_text"), before=before),
        *times,
        *problems_of_causes(draft.cause_ids, too_many=f"An opportunity has at most {MAX_CAUSES} causes."),
        *problems_of_roles(draft.roles, row),
    ]


def problems_of_kind(kind: OpportunityKind) -> list[Problem]:
    """Return the problems of a kind that a host chose."""
    if kind != OpportunityKind.EXTERNAL:
        return []
    return [Problem(Code.INVALID, "Only crawled listings are EXTERNAL; choose SIGN_UP or EXPRESS_INTEREST.", "kind")]


def _problems_of_times(row: Opportunity, before: Opportunity | None) -> list[Problem]:
    if before is not None and (row.kind, row.start_date, row.end_date) == (
        before.kind,
        before.start_date,
        before.end_date,
    ):
        return []
    problems = [
        Problem(Code.INVALID, INVALID_TIME, field)
        for field in ("start_date", "end_date")
        if not is_valid_time(getattr(row, field))
    ]
    if not problems and row.end_date <= row.start_date:
        problems.append(Problem(Code.INVALID, INVALID_END, "end_date"))
    return problems


def problems_of_causes(cause_ids: Sequence[int], *, too_many: str) -> list[Problem]:
    """Return what is wrong with the causes of an opportunity or of a person."""
    if len(cause_ids) > MAX_CAUSES:
        return [Problem(Code.TOO_LONG, too_many, "cause_ids")]
    known = set(Cause.objects.filter(pk__in=cause_ids).values_list("pk", flat=True)) if cause_ids else set()
    return [
        Problem(Code.NOT_FOUND, "There is no such cause.", f"cause_ids.{number}")
        for number, cause_id in enumerate(cause_ids)
        if cause_id not in known
    ]
