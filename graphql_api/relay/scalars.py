"""The scalars of times, UUIDs and files, and the errors for values that they cannot parse."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NewType
from uuid import UUID

import strawberry
from dateutil.parser import isoparse
from django.core.files.uploadedfile import UploadedFile
from graphql import GraphQLError, ValueNode

from graphql_api.errors import BadUserInput

EXPECTED_TIME = "expected ISO 8601 with offset, such as 2026-12-01T10:00:00Z"
EXPECTED_UUID = "expected a UUID, such as 5b6a1b1e-7a54-4a8e-9d38-0c6c7f4f5a11"


def parse_time(text: object) -> datetime:
    """Return the time in UTC, because databases do not accept every offset that ISO 8601 allows."""
    if not isinstance(text, str):
        raise GraphQLError(f"A DateTime must be a text: {EXPECTED_TIME}.")
    try:
        at = isoparse(text)
        return at.astimezone(UTC) if at.tzinfo else at
    except (ValueError, OverflowError) as error:
        raise GraphQLError(f"This is no DateTime: {EXPECTED_TIME}.") from error


def check_offset(value: object) -> None:
    """Raise ValueError if the text is a time that is not in UTC: cursors are made in UTC."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return
    if at.tzinfo is not None and at.utcoffset():
        raise ValueError("a time of a cursor is in UTC")


DATE_TIME_SCALAR = strawberry.scalar(
    name="DateTime",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
    description="Date and time in ISO 8601 with an offset, such as `2026-05-09T08:30:00-07:00`; responses use UTC. A "
    "value without an offset is refused. Only `createServiceRecord` also takes a date, such as `2026-05-04`.",
    serialize=datetime.isoformat,
    parse_value=parse_time,
)


def parse_uuid(text: object) -> UUID:
    """Return the UUID; hyphens and upper case are optional."""
    if not isinstance(text, str):
        raise GraphQLError(f"A UUID must be a text: {EXPECTED_UUID}.")
    try:
        return UUID(text)
    except ValueError as error:
        raise GraphQLError(f"This is no UUID: {EXPECTED_UUID}.") from error


UUID_SCALAR = strawberry.scalar(
    name="UUID",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc9562",
    description="UUID as text, such as `5b6a1b1e-7a54-4a8e-9d38-0c6c7f4f5a11`.",
    serialize=str,
    parse_value=parse_uuid,
)


def _parse_file(value: Any) -> UploadedFile[Any]:
    if not isinstance(value, UploadedFile):
        raise BadUserInput("A file comes as a part of a multipart request, and null stands for it in the variables.")
    return value


def _refuse_literal(node: ValueNode, variables: Any = None) -> Any:
    raise BadUserInput("A file cannot be written into the document; send it as a variable.")


#: The type of file fields in inputs; UPLOAD_SCALAR maps it to the schema.
Upload = NewType("Upload", "UploadedFile[Any]")
UPLOAD_SCALAR = strawberry.scalar(
    name="Upload",
    specified_by_url="https://github.com/jaydenseric/graphql-multipart-request-spec",
    description="File, sent as defined in the GraphQL multipart request specification; the request needs the header "
    "`X-Requested-With`.",
    parse_value=_parse_file,
    parse_literal=_refuse_literal,
    serialize=lambda value: None,
)
