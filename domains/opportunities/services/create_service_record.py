"""Making a public, signed record of a volunteer's approved hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import rates
from domains.base.errors import Code, Problem, Refused
from domains.base.signing import BadSignature
from domains.opportunities.models import ServiceRecord
from domains.opportunities.models.hours import new_record_code
from domains.opportunities.records import RecordContent, Service, read_record, sign_record
from domains.opportunities.selectors import find_days_of_service, is_valid_time, sum_service
from domains.opportunities.selectors.local_days import range_end, range_start
from domains.opportunities.services.hours_rules import lock_volunteer

MAX_PER_HOUR = 20
#: Maximum number of records of one volunteer, including revoked ones.
MAX_RECORDS = 200


def create_service_record(
    *, actor: User, since: datetime | None = None, until: datetime | None = None
) -> ServiceRecord:
    """A record exists of the actor's approved hours that began from `since` to before `until`.

    Everybody who has its code can read it. A time without an offset is a date: a day where the opportunity is (its time
    zone, else UTC), and `until` includes that day. Without `since` the record begins with the day of the first
    approved hours, without `until` it ends with today. A repeat returns the first record, unless that was revoked or
    its content would differ now.

    Refuses with RATE_LIMITED, INVALID (no time or date, out of order, no approved hours in the range) and CONFLICT (too
    many records).
    """
    rates.spend(what="service_record", key=str(actor.pk), limit=MAX_PER_HOUR, seconds=3600)
    if problems := [*_problems_of_bound(since, "since"), *_problems_of_bound(until, "until")]:
        raise Refused(*problems)
    now = timezone.now()
    with transaction.atomic():
        lock_volunteer(actor.pk)
        days = find_days_of_service(volunteer=actor)
        first, last = _bound(since) or days.first or days.today(now), _bound(until) or days.today(now)
        if range_end(last) <= range_start(first):
            raise Refused.because(Code.INVALID, "It ends before it begins.", "until")
        services = sum_service(volunteer=actor, days=days, since=first, until=last)
        if not services:
            message = "No approved hours began in this time; log yours and have them approved, or choose other dates."
            raise Refused.because(Code.INVALID, message, "since")
        return _store(actor, first, last, services)


def _store(actor: User, first: date, last: date, services: Sequence[Service]) -> ServiceRecord:
    content = RecordContent(
        code=new_record_code(),
        name=actor.display_name,
        since=first,
        until=last,
        issued_at=timezone.now(),
        services=services,
    )
    if same := _find_same(actor, content):
        return same
    if ServiceRecord.objects.filter(volunteer=actor).count() >= MAX_RECORDS:
        message = f"You have made {MAX_RECORDS} records, which is the most there can be; share one of those."
        raise Refused.because(Code.CONFLICT, message)
    return ServiceRecord.objects.create(
        volunteer=actor,
        code=content.code,
        since=range_start(first),
        until=range_end(last),
        approved_seconds=content.seconds,
        token=sign_record(content),
        created_at=content.issued_at,
    )


def _problems_of_bound(given: datetime | None, field: str) -> list[Problem]:
    is_date = given is not None and timezone.is_naive(given) and given.time() == time()
    if given is None or is_valid_time(given.replace(tzinfo=UTC) if is_date else given):
        return []
    message = "Give a date such as 2026-05-04, or a time with its offset, from the years 1970 to 2199."
    return [Problem(Code.INVALID, message, field)]


def _bound(given: datetime | None) -> date | None:
    """Return a time with an offset unchanged, and a time without one as its date."""
    return given.date() if given is not None and timezone.is_naive(given) else given


def _find_same(actor: User, content: RecordContent) -> ServiceRecord | None:
    """Return a record with the same content that was not revoked and whose signature is still valid."""
    valid_records = ServiceRecord.objects.filter(
        volunteer=actor, since=range_start(content.since), until=range_end(content.until), revoked_at__isnull=True
    )
    for record in valid_records.order_by("pk"):
        try:
            earlier = read_record(record.token).content
        except BadSignature:
            continue
        if replace(earlier, code=content.code, issued_at=content.issued_at) == content:
            return record
    return None
