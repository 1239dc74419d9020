"""The rules of hours that logging, confirming and proposing share, and the lock under which hours are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Code, Problem, Refused
from domains.base.texts import line_problems
from domains.geo.selectors import zip_time_zone
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import (
    WORKING_STATUSES,
    Application,
    ApplicationStatus,
    HoursEntry,
    HoursStatus,
    Opportunity,
)
from domains.opportunities.selectors import INVALID_TIME, find_overlapping, is_valid_time

#: Maximum length of an entry, unless the opportunity itself is longer.
MAX_ENTRY_LENGTH = timedelta(days=1)
#: How long before an opportunity hours for it may begin (setting up), and how long after it they may end (clearing up).
MAX_BEFORE, MAX_AFTER = timedelta(days=1), timedelta(days=30)
MAX_NOTE_LENGTH = HoursEntry._meta.get_field("note").max_length or 0
#: Maximum entries of one application, including corrections, rejected and proposed ones: more than one a day a year.
MAX_ENTRIES = 500
UNDECIDED_STATUSES = (
    ApplicationStatus.APPLIED,
    ApplicationStatus.SHORTLISTED,
    ApplicationStatus.WAITLISTED,
    ApplicationStatus.OFFERED,
)


@dataclass(frozen=True)
class Hours:
    """The volunteer's input."""

    started_at: datetime
    ended_at: datetime
    note: str
    corrects_id: int | None = None


def lock_volunteer(volunteer_id: int) -> None:
    """Lock the volunteer until the transaction ends: their hours are written and reviewed one at a time.

    SQLite ignores the lock, but runs its transactions one at a time.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a lock outside a transaction protects nothing")
    User.objects.select_for_update(no_key=True).filter(pk=volunteer_id).values_list("pk").first()


def refuse_unless_working(application: Application) -> None:
    """Refuse with CONFLICT if the application is not decided yet, and with CLOSED if it ended without a slot."""
    if application.status in UNDECIDED_STATUSES:
        message = f"The application is {application.status}; log hours once it is accepted."
        raise Refused.because(Code.CONFLICT, message, "application_id")
    if application.status not in WORKING_STATUSES:
        message = f"The application is {application.status}; no hours are taken for it any more."
        raise Refused.because(OpportunityCode.CLOSED, message, "application_id")


def refuse_overlap(entry: HoursEntry) -> None:
    """Refuse with OVERLAPS if the entry overlaps other approved hours of the volunteer."""
    other = find_overlapping(entry=entry).first()
    if other is not None:
        message = (
            f"It overlaps hours that were approved, from {other.started_at:%Y-%m-%d %H:%M} "
            f"to {other.ended_at:%Y-%m-%d %H:%M} UTC; change the times, or correct those."
        )
        raise Refused.because(OpportunityCode.OVERLAPS, message, "started_at")


def refuse_too_many(application: Application) -> None:
    """Refuse with TOO_LONG if the application has as many entries as it can have."""
    if application.hours.count() >= MAX_ENTRIES:
        message = f"There are {MAX_ENTRIES} entries for this application, which is the most that it can have."
        raise Refused.because(Code.TOO_LONG, message, "application_id")


def find_same(entry: HoursEntry) -> HoursEntry | None:
    """Return the logged entry that says the same and was not rejected: then this one is a repeat."""
    logged = HoursEntry.objects.exclude(status__in=(HoursStatus.REJECTED, HoursStatus.PROPOSED))
    same = logged.filter(
        application=entry.application,
        started_at=entry.started_at,
        ended_at=entry.ended_at,
        corrects=entry.corrects,
    )
    return same.first()


def problems_of(hours: Hours, opportunity: Opportunity) -> list[Problem]:
    """Return the problems of the values by themselves."""
    problems = [
        Problem(Code.INVALID, INVALID_TIME, field)
        for field, moment in (("started_at", hours.started_at), ("ended_at", hours.ended_at))
        if not is_valid_time(moment)
    ]
    if not problems:
        problems += _problems_of_times(hours, opportunity)
    if len(hours.note) > MAX_NOTE_LENGTH:
        problems.append(Problem(Code.TOO_LONG, f"Write at most {MAX_NOTE_LENGTH} characters.", "note"))
    return problems + line_problems(hours.note, "note")


def max_length(opportunity: Opportunity) -> timedelta:
    """Return the maximum length of an entry for the opportunity."""
    return max(MAX_ENTRY_LENGTH, opportunity.end_date - opportunity.start_date)


def date_range(opportunity: Opportunity) -> tuple[datetime, datetime]:
    """Return when hours for the opportunity may begin at the earliest, and when they may end at the latest."""
    return opportunity.start_date - MAX_BEFORE, opportunity.end_date + MAX_AFTER


def _problems_of_times(hours: Hours, opportunity: Opportunity) -> list[Problem]:
    length = hours.ended_at.replace(microsecond=0) - hours.started_at.replace(microsecond=0)
    if length < timedelta(0) or (not length and hours.corrects_id is None):
        return [Problem(Code.INVALID, "It ends before it has begun.", "ended_at")]
    if hours.ended_at > timezone.now():
        return [Problem(Code.INVALID, "It is still to come; log hours once they are worked.", "ended_at")]
    if length > max_length(opportunity):
        return [Problem(Code.INVALID, "It is longer than a day; log each day by itself.", "ended_at")]
    if length > opportunity.end_date - opportunity.start_date and not hours.note:
        return [Problem(Code.REQUIRED, "These hours are longer than planned; explain them in a note.", "note")]
    return []


def problems_of_dates(entry: HoursEntry, opportunity: Opportunity) -> list[Problem]:
    """Return the problems of hours that lie too long before or after the opportunity.

    A correction to no hours, or within the hours that it corrects, is never too far away.
    """
    if entry.started_at == entry.ended_at:
        return []
    earliest, latest = date_range(opportunity)
    if corrected := entry.corrects:
        earliest, latest = min(earliest, corrected.started_at), max(latest, corrected.ended_at)
    problems = []
    if entry.started_at < earliest:
        begins = _format_local_time(opportunity.start_date, opportunity)
        message = f"It begins more than a day before the opportunity, which begins on {begins}; change the times."
        problems.append(Problem(Code.INVALID, message, "started_at"))
    if entry.ended_at > latest:
        ends = _format_local_time(opportunity.end_date, opportunity)
        message = f"It ends more than {MAX_AFTER.days} days after the opportunity, which ended on {ends}."
        problems.append(Problem(Code.INVALID, message, "ended_at"))
    return problems


def _format_local_time(moment: datetime, opportunity: Opportunity) -> str:
    return f"{moment.astimezone(zip_time_zone(opportunity.location_zip) or UTC):%Y-%m-%d %H:%M %Z}"
