"""Times as they come in: in UTC, whatever offset they are written with."""

from __future__ import annotations

from datetime import UTC, datetime

import strawberry
from dateutil.parser import isoparse
from graphql import GraphQLError

EXPECTED = "expected ISO 8601 with offset, such as 2026-12-01T10:00:00Z"


def parse_time(text: object) -> datetime:
    """Return the instant, in UTC: databases do not take every offset that ISO 8601 can write."""
    if not isinstance(text, str):
        raise GraphQLError(f"A DateTime must be a text: {EXPECTED}.")
    try:
        at = isoparse(text)
        return at.astimezone(UTC) if at.tzinfo else at
    except (ValueError, OverflowError) as error:
        raise GraphQLError(f"This is no DateTime: {EXPECTED}.") from error


def check_offset(value: object) -> None:
    """Raise ValueError for a time, written as text, in anything but UTC: cursors are made in UTC."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return
    if at.tzinfo is not None and at.utcoffset():
        raise ValueError("a time of a cursor is in UTC")


DATE_TIME_SCALAR = strawberry.scalar(
    name="DateTime",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
    description="A time in ISO 8601 with its offset, such as `2026-05-09T08:30:00-07:00`; answers are in UTC.",
    serialize=datetime.isoformat,
    parse_value=parse_time,
)
