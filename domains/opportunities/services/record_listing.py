"""Storing the listings of a source, one row per listing however often it is crawled."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils import timezone

from domains.base.errors import Code, NotFound, Problem, Refused
from domains.opportunities.models import Listing, Opportunity, OpportunityKind, OpportunityStatus, Source
from domains.opportunities.services import close_ended
from domains.opportunities.services.finish_crawl import MAX_MISSED_RUNS
from domains.opportunities.services.values import problems_of

#: Maximum lengths, to which longer texts are cut; the model refuses more.
MAX_LENGTHS = {"title": 200, "description": 5000, "location_text": 300, "organization_name": 200}
MIN_DESCRIPTION_LENGTH = 10
#: Closing reasons of listings that ended or went missing; no person closed these.
AUTOMATIC_CLOSED_REASONS = {"", close_ended.REASON}
_FIELD_NAMES = {"location_zip": "postal_code"}


@dataclass(frozen=True)
class FoundListing:
    """A listing as its source gives it: plain text, times with an offset, degrees north and east."""

    title: str
    start_date: datetime
    end_date: datetime
    external_id: str
    url: str
    description: str = ""
    location_text: str = ""
    postal_code: str = ""
    latitude: float | None = None
    longitude: float | None = None
    is_remote: bool = False
    organization_name: str = ""


class RecordOutcome(StrEnum):
    """What recording a listing did to its row."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"


def record_listing(*, source_id: int, listing: FoundListing, now: datetime | None = None) -> RecordOutcome:
    """The listing is stored once, with its source's values, and open until it ends; a system act.

    Refuses with NOT_FOUND (the source), REQUIRED, TOO_SHORT, TOO_LONG and INVALID, all at once.
    """
    now = now or timezone.now()
    content, origin = _rows_of(listing)
    problems = [*_problems_of_times(listing), *_problems_of_location(listing), *_problems_of_link(listing)]
    problems += problems_of(Opportunity(**content), exclude={"host", "created_by"}, names=_FIELD_NAMES)
    problems += problems_of(Listing(**origin), exclude={"opportunity", "source"})
    if problems:
        raise Refused(*problems)
    try:
        return _store(source_id, content, origin, now)
    except IntegrityError:  # another crawl has just created the row: this time it is found
        return _store(source_id, content, origin, now)


@transaction.atomic
def _store(source_id: int, content: dict[str, Any], origin: dict[str, Any], now: datetime) -> RecordOutcome:
    row = (
        Listing.objects.select_for_update()
        .select_related("opportunity")
        .filter(source_id=source_id, external_id=origin["external_id"])
        .first()
    )
    if row is None:
        return _create(source_id, content, origin, now)
    outcome = _update(row, content, row.content_hash != origin["content_hash"], now)
    Listing.objects.filter(pk=row.pk).update(**origin, last_seen_at=now, missed_runs=0)
    return outcome


def _create(source_id: int, content: dict[str, Any], origin: dict[str, Any], now: datetime) -> RecordOutcome:
    if not Source.objects.filter(pk=source_id).exists():
        raise NotFound("source")
    status = OpportunityStatus.OPEN if content["end_date"] > now else OpportunityStatus.CLOSED
    opportunity = Opportunity.objects.create(**content, status=status, created_at=now)
    Listing.objects.create(opportunity=opportunity, source_id=source_id, **origin, first_seen_at=now, last_seen_at=now)
    return RecordOutcome.CREATED


def _update(row: Listing, content: dict[str, Any], has_changed: bool, now: datetime) -> RecordOutcome:
    """Update the opportunity from its source, unless a host has taken it over."""
    opportunity = row.opportunity
    if opportunity.host_id is not None:
        return RecordOutcome.UNCHANGED
    status = _find_status(row, content["end_date"], now)
    if not has_changed and status == opportunity.status:
        return RecordOutcome.UNCHANGED
    if status == OpportunityStatus.OPEN:
        content = {**content, "closed_reason": ""}
    for name, value in {**content, "status": status}.items():
        setattr(opportunity, name, value)
    opportunity.save(update_fields=[*content, "status", "updated_at"])
    return RecordOutcome.UPDATED


def _find_status(row: Listing, end_date: datetime, now: datetime) -> OpportunityStatus:
    """Return CLOSED after the end, OPEN if it was closed only as ended or missing, else the current status."""
    status = row.opportunity.status
    if end_date <= now:
        return OpportunityStatus.CLOSED if status == OpportunityStatus.OPEN else status
    was_closed_automatically = (
        status == OpportunityStatus.CLOSED and row.opportunity.closed_reason in AUTOMATIC_CLOSED_REASONS
    )
    if was_closed_automatically and (row.missed_runs >= MAX_MISSED_RUNS or row.opportunity.end_date <= now):
        return OpportunityStatus.OPEN
    return status


def _rows_of(listing: FoundListing) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields of the opportunity and of its listing."""
    short = {name: _cut(getattr(listing, name), length) for name, length in MAX_LENGTHS.items()}
    content = {
        "kind": OpportunityKind.EXTERNAL,
        "title": short["title"],
        "description": _cut(_description(listing), MAX_LENGTHS["description"]),
        "start_date": listing.start_date,
        "end_date": listing.end_date,
        "location_text": short["location_text"],
        "location_zip": listing.postal_code,
        "latitude": listing.latitude,
        "longitude": listing.longitude,
        "is_remote": listing.is_remote,
    }
    origin = {
        "external_id": listing.external_id,
        "url": listing.url,
        "organization_name": short["organization_name"],
        "content_hash": _content_hash(listing),
    }
    return content, origin


def _cut(text: str, length: int) -> str:
    text = text.strip()
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def _description(listing: FoundListing) -> str:
    """Return the source's description, or a sentence made from its other values if it has none."""
    words = listing.description.strip()
    if len(words) >= MIN_DESCRIPTION_LENGTH:
        return words
    organizer = f", with {listing.organization_name}" if listing.organization_name else ""
    place = f", at {listing.location_text}" if listing.location_text else ""
    sentence = f"{listing.title.strip()}{organizer}{place}".rstrip(".")
    return f"{words} {sentence}. Details are at the source.".strip()


def _content_hash(listing: FoundListing) -> str:
    """Return the content's hash, 64 characters; the offsets of its times make no difference."""
    parts = asdict(listing)
    for name in ("start_date", "end_date"):
        moment = parts[name]
        parts[name] = (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat()
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _problems_of_times(listing: FoundListing) -> list[Problem]:
    problems = [
        Problem(Code.INVALID, "Give the time with its time zone.", name)
        for name in ("start_date", "end_date")
        if getattr(listing, name).tzinfo is None
    ]
    if not problems and listing.end_date < listing.start_date:
        problems.append(Problem(Code.INVALID, "It ends before it starts.", "end_date"))
    return problems


def _problems_of_location(listing: FoundListing) -> list[Problem]:
    degrees = [value for value in (listing.latitude, listing.longitude) if value is not None]
    if len(degrees) == 1 or not all(map(math.isfinite, degrees)):
        return [Problem(Code.INVALID, "Give latitude and longitude as numbers, or neither.", "latitude")]
    return []


def _problems_of_link(listing: FoundListing) -> list[Problem]:
    if urlsplit(listing.url).scheme not in {"http", "https", ""}:
        return [Problem(Code.INVALID, "Link to a page by http or https.", "url")]
    return []
