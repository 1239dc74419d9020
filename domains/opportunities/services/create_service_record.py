"""Making a public, signed record of one's approved hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import rates
from domains.base.errors import Code, Problem, Refused
from domains.base.signing import BadSignature
from domains.opportunities.models import HoursEntry, ServiceRecord
from domains.opportunities.models.hours import new_record_code
from domains.opportunities.records import RecordContent, read_record, sign_record
from domains.opportunities.selectors import is_sensible_time, sum_service
from domains.opportunities.services.log_hours import lock_volunteer

PER_HOUR = 20
#: Records of one volunteer, revoked ones among them.
MAX_RECORDS = 200
ONE_DAY = timedelta(days=1)


def create_service_record(
    *, actor: User, since: datetime | None = None, until: datetime | None = None
) -> ServiceRecord:
    """There is a record of the actor's approved hours that began from `since` to before `until`.

    Whoever has its code can read it. A time without an offset is a date, in UTC, and `until` includes that day.
    Without `since` the record begins with the day of the first approved hours, without `until` it ends with today. A
    repeat answers with the first record, while that stands and would say the same.

    Refuses with RATE_LIMITED, INVALID (no time or date, out of order, no approved hours in the range) and CONFLICT (too
    many records).
    """
    rates.spend(what="service_record", key=str(actor.pk), limit=PER_HOUR, seconds=3600)
    now = timezone.now()
    start, end = _start(since, actor), _end(until, now)
    if problems := _problems_of(start, end):
        raise Refused(*problems)
    with transaction.atomic():
        lock_volunteer(actor.pk)
        services = sum_service(volunteer=actor, since=start, until=end)
        if not services:
            message = "No approved hours began in this time; log yours and have them approved, or choose other dates."
            raise Refused.because(Code.INVALID, message, "since")
        words = {"code": new_record_code(), "name": actor.display_name}
        content = RecordContent(**words, since=start, until=end, issued_at=now, services=services)
        if same := _find_same(actor, content):
            return same
        _refuse_above_records(actor)
        return ServiceRecord.objects.create(
            volunteer=actor,
            code=content.code,
            since=start,
            until=end,
            approved_seconds=content.seconds,
            token=sign_record(content),
            created_at=now,
        )


def _refuse_above_records(actor: User) -> None:
    if ServiceRecord.objects.filter(volunteer=actor).count() >= MAX_RECORDS:
        message = f"You have made {MAX_RECORDS} records, which is the most there can be; share one of those."
        raise Refused.because(Code.CONFLICT, message)


def _start(since: datetime | None, actor: User) -> datetime:
    if since is not None:
        return since if timezone.is_aware(since) else _day_of(since)
    first = HoursEntry.objects.that_stand().filter(volunteer=actor, seconds__gt=0).order_by("started_at").first()
    return _day_of(first.started_at if first else timezone.now())


def _end(until: datetime | None, now: datetime) -> datetime:
    if until is not None and timezone.is_aware(until):
        return until
    last = _day_of(now if until is None else until)
    return last + ONE_DAY if is_sensible_time(last) else last


def _day_of(moment: datetime) -> datetime:
    """Return when the day begins, by UTC; a time without an offset that is no date stays as wrong as it is."""
    if timezone.is_naive(moment) and moment.time() != time():
        return moment
    return datetime.combine(moment.date(), time(), tzinfo=UTC)


def _problems_of(since: datetime, until: datetime) -> list[Problem]:
    problems = [
        Problem(Code.INVALID, "Give a date such as 2026-05-04, or a time with its offset.", field)
        for field, moment in (("since", since), ("until", until))
        if not is_sensible_time(moment)
    ]
    if not problems and until <= since:
        problems.append(Problem(Code.INVALID, "It ends before it begins.", "until"))
    return problems


def _find_same(actor: User, content: RecordContent) -> ServiceRecord | None:
    """Return a record that stands, reads as this one would, and can still be checked."""
    standing = ServiceRecord.objects.filter(
        volunteer=actor, since=content.since, until=content.until, revoked_at__isnull=True
    )
    for record in standing.order_by("pk"):
        try:
            earlier = read_record(record.token).content
        except BadSignature:
            continue
        if replace(earlier, code=content.code, issued_at=content.issued_at) == content:
            return record
    return None
