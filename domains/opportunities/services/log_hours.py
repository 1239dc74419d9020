"""Logging hours, and correcting hours that were approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus, rates
from domains.base.errors import Code, NotAllowed, NotFound, Problem, Refused
from domains.base.texts import line_problems
from domains.geo.selectors import zip_time_zone
from domains.opportunities import facts, policies
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import Application, ApplicationStatus, HoursEntry, HoursStatus, Opportunity
from domains.opportunities.selectors import INVALID_TIME, find_overlapping, is_valid_time
from domains.opportunities.services.values import one_line

#: Maximum length of an entry, unless the opportunity itself is longer.
MAX_ENTRY_LENGTH = timedelta(days=1)
#: How long before an opportunity hours for it may begin (setting up), and how long after it they may end (clearing up).
MAX_BEFORE, MAX_AFTER = timedelta(days=1), timedelta(days=30)
MAX_NOTE_LENGTH = HoursEntry._meta.get_field("note").max_length or 0
MAX_PER_HOUR = 300
#: Maximum entries of one application, including corrections and rejected ones: more than one a day for a year.
MAX_ENTRIES = 500
WORKING_STATUSES = (ApplicationStatus.ACCEPTED, ApplicationStatus.COMPLETED)
UNDECIDED_STATUSES = (
    ApplicationStatus.APPLIED,
    ApplicationStatus.SHORTLISTED,
    ApplicationStatus.WAITLISTED,
    ApplicationStatus.OFFERED,
)


def log_hours(
    *,
    actor: User,
    application_id: int,
    started_at: datetime,
    ended_at: datetime,
    note: str = "",
    corrects_id: int | None = None,
) -> HoursEntry:
    """The hours are stored and wait for the host's review; a repeat returns the first entry.

    With `corrects_id` they replace that approved entry; a correction that ends when it starts says that nothing was
    worked. Times are kept to the second.

    Refuses with RATE_LIMITED, NOT_FOUND, FORBIDDEN (another person's application), CONFLICT (the application is not
    decided yet) and CLOSED (it ended without a slot); then with INVALID, TOO_LONG and REQUIRED (the note); for a
    correction with NOT_FOUND and CONFLICT (it is not approved); with INVALID (too long before or after the
    opportunity); for a correction with CONFLICT (corrected already) and INVALID (it says the same); at last with
    OVERLAPS. Also with TOO_LONG, if there are too many entries.
    """
    rates.spend(what="log_hours", key=str(actor.pk), limit=MAX_PER_HOUR, seconds=3600)
    return _log(actor, application_id, Hours(started_at, ended_at, one_line(note), corrects_id))


@dataclass(frozen=True)
class Hours:
    """The volunteer's input."""

    started_at: datetime
    ended_at: datetime
    note: str
    corrects_id: int | None


@transaction.atomic
def _log(actor: User, application_id: int, hours: Hours) -> HoursEntry:
    application = _find_application(actor, application_id)
    if problems := _problems_of(hours, application.role.opportunity):
        raise Refused(*problems)
    lock_volunteer(actor.pk)
    entry = HoursEntry(
        application=application,
        volunteer=actor,
        started_at=hours.started_at.replace(microsecond=0),
        ended_at=hours.ended_at.replace(microsecond=0),
        note=hours.note,
        corrects=None if hours.corrects_id is None else _find_corrected(application, hours.corrects_id),
    )
    if earlier := _find_same(entry):
        return earlier
    _refuse_too_many(application)
    if problems := _problems_of_dates(entry, application.role.opportunity):
        raise Refused(*problems)
    _refuse_conflicts(entry)
    entry.seconds = int((entry.ended_at - entry.started_at).total_seconds())
    entry.save()
    bus.publish(facts.HoursSubmitted(hours_entry_id=entry.pk))
    return entry


def lock_volunteer(volunteer_id: int) -> None:
    """Lock the volunteer until the transaction ends: their hours are written and reviewed one at a time.

    SQLite ignores the lock, but runs its transactions one at a time.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a lock outside a transaction protects nothing")
    User.objects.select_for_update(no_key=True).filter(pk=volunteer_id).values_list("pk").first()


def refuse_overlap(entry: HoursEntry) -> None:
    """Refuse with OVERLAPS if the entry overlaps other approved hours of the volunteer."""
    other = find_overlapping(entry=entry).first()
    if other is not None:
        message = (
            f"It overlaps hours that were approved, from {other.started_at:%Y-%m-%d %H:%M} "
            f"to {other.ended_at:%Y-%m-%d %H:%M} UTC; change the times, or correct those."
        )
        raise Refused.because(OpportunityCode.OVERLAPS, message, "started_at")


def _find_application(actor: User, application_id: int) -> Application:
    application = (
        Application.objects.visible_to(actor).select_related("role__opportunity").filter(pk=application_id).first()
    )
    if application is None:
        raise NotFound("application", "application_id")
    if not policies.can_log_hours(actor, application):
        raise NotAllowed("Only the volunteer logs hours; you review them.")
    if application.status in UNDECIDED_STATUSES:
        message = f"The application is {application.status}; log hours once it is accepted."
        raise Refused.because(Code.CONFLICT, message, "application_id")
    if application.status not in WORKING_STATUSES:
        message = f"The application is {application.status}; no hours are taken for it any more."
        raise Refused.because(OpportunityCode.CLOSED, message, "application_id")
    return application


def _problems_of(hours: Hours, opportunity: Opportunity) -> list[Problem]:
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


def _problems_of_times(hours: Hours, opportunity: Opportunity) -> list[Problem]:
    length = hours.ended_at.replace(microsecond=0) - hours.started_at.replace(microsecond=0)
    planned = opportunity.end_date - opportunity.start_date
    if length < timedelta(0) or (not length and hours.corrects_id is None):
        return [Problem(Code.INVALID, "It ends before it has begun.", "ended_at")]
    if hours.ended_at > timezone.now():
        return [Problem(Code.INVALID, "It is still to come; log hours once they are worked.", "ended_at")]
    if length > max(MAX_ENTRY_LENGTH, planned):
        return [Problem(Code.INVALID, "It is longer than a day; log each day by itself.", "ended_at")]
    if length > planned and not hours.note:
        return [Problem(Code.REQUIRED, "These hours are longer than planned; explain them in a note.", "note")]
    return []


def _refuse_too_many(application: Application) -> None:
    if application.hours.count() >= MAX_ENTRIES:
        message = f"There are {MAX_ENTRIES} entries for this application, which is the most that it can have."
        raise Refused.because(Code.TOO_LONG, message, "application_id")


def _problems_of_dates(entry: HoursEntry, opportunity: Opportunity) -> list[Problem]:
    """Return the problems of hours that lie too long before or after the opportunity.

    A correction to no hours, or within the hours that it corrects, is never too far away.
    """
    if entry.started_at == entry.ended_at:
        return []
    earliest, latest = opportunity.start_date - MAX_BEFORE, opportunity.end_date + MAX_AFTER
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


def _find_corrected(application: Application, corrects_id: int) -> HoursEntry:
    corrected = application.hours.filter(pk=corrects_id).first()
    if corrected is None:
        raise NotFound("entry of hours for this application", "corrects_id")
    if corrected.status != HoursStatus.APPROVED:
        message = f"The entry is {corrected.status}; only approved ones are corrected."
        raise Refused.because(Code.CONFLICT, message, "corrects_id")
    return corrected


def _find_same(entry: HoursEntry) -> HoursEntry | None:
    """Return the entry that says the same and was not rejected: then this one is a repeat."""
    same = HoursEntry.objects.exclude(status=HoursStatus.REJECTED).filter(
        application=entry.application,
        started_at=entry.started_at,
        ended_at=entry.ended_at,
        corrects=entry.corrects,
    )
    return same.first()


def _refuse_conflicts(entry: HoursEntry) -> None:
    corrected = entry.corrects
    if corrected is not None:
        if corrected.corrections.exclude(status=HoursStatus.REJECTED).exists():
            message = "The entry is corrected already; correct the correction, once it is approved."
            raise Refused.because(Code.CONFLICT, message, "corrects_id")
        if (corrected.started_at, corrected.ended_at) == (entry.started_at, entry.ended_at):
            raise Refused.because(Code.INVALID, "It says the same as what it corrects.", "started_at")
    refuse_overlap(entry)
