"""UUIDs as they come in."""

from __future__ import annotations

from uuid import UUID

import strawberry
from graphql import GraphQLError

EXPECTED = "expected a UUID, such as 5b6a1b1e-7a54-4a8e-9d38-0c6c7f4f5a11"


def parse_uuid(text: object) -> UUID:
    """Return the UUID, however its hyphens and capitals are written."""
    if not isinstance(text, str):
        raise GraphQLError(f"A UUID must be a text: {EXPECTED}.")
    try:
        return UUID(text)
    except ValueError as error:
        raise GraphQLError(f"This is no UUID: {EXPECTED}.") from error


UUID_SCALAR = strawberry.scalar(
    name="UUID",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc9562",
    description="A UUID as text, such as `5b6a1b1e-7a54-4a8e-9d38-0c6c7f4f5a11`.",
    serialize=str,
    parse_value=parse_uuid,
)
