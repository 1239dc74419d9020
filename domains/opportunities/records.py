"""The content of a record of service, its signing and reading. Nothing here reads the database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings

from domains.base import signing

#: Used in the header (`service-record+jwt`) and in the derivation of the key.
PURPOSE = "service-record"
SECONDS_PER_HOUR = 3600


@dataclass(frozen=True)
class Service:
    """The approved hours with one organization."""

    organization: str
    seconds: int


@dataclass(frozen=True)
class RecordContent:
    """The whole content of a record: it has no other data about the volunteer."""

    code: str
    name: str
    #: A date is a day in each opportunity's time zone, and `until` includes it; a time is exact, `until` excludes it.
    since: date
    until: date
    issued_at: datetime
    services: Sequence[Service]

    @property
    def seconds(self) -> int:
        """Total in seconds."""
        return sum(service.seconds for service in self.services)

    @property
    def days(self) -> tuple[date, date]:
        """First and last day; a date is the local day of each opportunity."""
        first, last = self.since, self.until
        if isinstance(first, datetime):
            first = first.date()
        if isinstance(last, datetime):
            last = (last - last.resolution).date()
        return first, last

    @property
    def hours(self) -> float:
        """Total in hours, rounded to hundredths."""
        return hours_of(self.seconds)


def is_record_code(text: str) -> bool:
    """Return whether a text has the form of a code; databases fail on some other texts."""
    return re.fullmatch(r"[a-z2-7]{26}", text) is not None


def hours_of(seconds: int) -> float:
    """Return the hours, rounded to hundredths."""
    return round(seconds / SECONDS_PER_HOUR, 2)


def url_of(code: str) -> str:
    """Return the public address of a record."""
    return f"{settings.PUBLIC_URL}/records/{code}"


def sign_record(content: RecordContent) -> str:
    """Return the record as a compact JWS."""
    claims = {
        "iss": settings.PUBLIC_URL,
        "jti": content.code,
        "iat": int(content.issued_at.timestamp()),
        "name": content.name,
        "since": content.since.isoformat(),
        "until": content.until.isoformat(),
        "hours": content.hours,
        "organizations": [
            {"name": service.organization, "hours": hours_of(service.seconds), "seconds": service.seconds}
            for service in content.services
        ],
    }
    return signing.sign(PURPOSE, claims)


@dataclass(frozen=True)
class SignedRecord:
    """A record whose signature was checked, with all that others need to check it."""

    token: str
    claims: dict[str, Any]
    content: RecordContent
    key: signing.PublicKey


def read_record(token: str) -> SignedRecord:
    """Return the content of a stored token; raises `signing.BadSignature` if no current key verifies it."""
    claims = signing.read(PURPOSE, token)
    key = signing.find_key(PURPOSE, token)
    if key is None:
        raise signing.BadSignature
    return SignedRecord(token=token, claims=claims, content=_content_of(claims), key=key)


def _content_of(claims: dict[str, Any]) -> RecordContent:
    return RecordContent(
        code=claims["jti"],
        name=claims["name"],
        since=_bound_of(claims["since"]),
        until=_bound_of(claims["until"]),
        issued_at=datetime.fromtimestamp(claims["iat"], UTC),
        services=[Service(one["name"], one["seconds"]) for one in claims["organizations"]],
    )


def _bound_of(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
