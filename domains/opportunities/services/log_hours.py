"""Logging hours, confirming proposed ones, and correcting hours that were approved."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from domains.accounts.models import User
from domains.base import bus, rates
from domains.base.errors import Code, NotAllowed, NotFound, Problem, Refused
from domains.opportunities import facts, policies
from domains.opportunities.models import Application, HoursEntry, HoursStatus
from domains.opportunities.services.confirm_hours import confirm_hours
from domains.opportunities.services.hours_rules import (
    Hours,
    find_same,
    lock_volunteer,
    problems_of,
    problems_of_dates,
    refuse_overlap,
    refuse_too_many,
    refuse_unless_working,
)
from domains.opportunities.services.remove_proposals import remove_overlapping_proposals
from domains.opportunities.services.values import one_line

MAX_PER_HOUR = 300
NOT_OF_A_PROPOSAL = "Only hours of an application correct others; leave this out to confirm proposed hours."


def log_hours(
    *,
    actor: User,
    application_id: int | None = None,
    hours_entry_id: int | None = None,
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
    note: str = "",
    corrects_id: int | None = None,
) -> HoursEntry:
    """The hours are stored and wait for the host's review; a repeat returns the first entry.

    With `application_id` they are new, and replace proposed hours that they overlap; with `corrects_id` they replace
    that approved entry, and a correction that ends when it starts says that nothing was worked. With `hours_entry_id`
    they are the proposed ones, with the values that are given. Times are kept to the second.

    Refuses with RATE_LIMITED, REQUIRED and INVALID (neither or both ids, new hours without times, a proposal that
    corrects), NOT_FOUND, FORBIDDEN (another person's application or entry), CONFLICT (the application is not decided
    yet, or the entry was confirmed with other times) and CLOSED (it ended without a slot); then with INVALID, TOO_LONG
    and REQUIRED (the note); for a correction with NOT_FOUND and CONFLICT (it is not approved); with INVALID (too long
    before or after the opportunity); for a correction with CONFLICT (corrected already) and INVALID (it says the same);
    at last with OVERLAPS. Also with TOO_LONG, if there are too many entries.
    """
    rates.spend(what="log_hours", key=str(actor.pk), limit=MAX_PER_HOUR, seconds=3600)
    if hours_entry_id is not None:
        if application_id is not None:
            message = "Give applicationId, or hoursEntryId to confirm proposed hours, but not both."
            raise Refused.because(Code.INVALID, message, "hours_entry_id")
        if corrects_id is not None:
            raise Refused.because(Code.INVALID, NOT_OF_A_PROPOSAL, "corrects_id")
        return confirm_hours(
            actor=actor, hours_entry_id=hours_entry_id, started_at=started_at, ended_at=ended_at, note=one_line(note)
        )
    if application_id is None or started_at is None or ended_at is None:
        raise Refused(*_problems_of_missing(application_id, started_at, ended_at))
    return _log(actor, application_id, Hours(started_at, ended_at, one_line(note), corrects_id))


def _problems_of_missing(
    application_id: int | None, started_at: datetime | None, ended_at: datetime | None
) -> list[Problem]:
    if application_id is None:
        message = "Give applicationId for new hours, or hoursEntryId to confirm proposed hours."
        return [Problem(Code.REQUIRED, message, "application_id")]
    times = (("started_at", started_at, "began"), ("ended_at", ended_at, "ended"))
    return [Problem(Code.REQUIRED, f"Say when the work {verb}.", field) for field, time, verb in times if time is None]


@transaction.atomic
def _log(actor: User, application_id: int, hours: Hours) -> HoursEntry:
    application = _find_application(actor, application_id)
    if problems := problems_of(hours, application.role.opportunity):
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
    if earlier := find_same(entry):
        return earlier
    refuse_too_many(application)
    if problems := problems_of_dates(entry, application.role.opportunity):
        raise Refused(*problems)
    _refuse_conflicts(entry)
    remove_overlapping_proposals(entry)
    entry.seconds = int((entry.ended_at - entry.started_at).total_seconds())
    entry.save()
    bus.publish(facts.HoursSubmitted(hours_entry_id=entry.pk))
    return entry


def _find_application(actor: User, application_id: int) -> Application:
    application = (
        Application.objects.visible_to(actor).select_related("role__opportunity").filter(pk=application_id).first()
    )
    if application is None:
        raise NotFound("application", "application_id")
    if not policies.can_log_hours(actor, application):
        raise NotAllowed("Only the volunteer logs hours; you review them.")
    refuse_unless_working(application)
    return application


def _find_corrected(application: Application, corrects_id: int) -> HoursEntry:
    corrected = application.hours.filter(pk=corrects_id).first()
    if corrected is None:
        raise NotFound("entry of hours for this application", "corrects_id")
    if corrected.status != HoursStatus.APPROVED:
        message = f"The entry is {corrected.status}; only approved ones are corrected."
        raise Refused.because(Code.CONFLICT, message, "corrects_id")
    return corrected


def _refuse_conflicts(entry: HoursEntry) -> None:
    corrected = entry.corrects
    if corrected is not None:
        if corrected.corrections.exclude(status=HoursStatus.REJECTED).exists():
            message = "The entry is corrected already; correct the correction, once it is approved."
            raise Refused.because(Code.CONFLICT, message, "corrects_id")
        if (corrected.started_at, corrected.ended_at) == (entry.started_at, entry.ended_at):
            raise Refused.because(Code.INVALID, "It says the same as what it corrects.", "started_at")
    refuse_overlap(entry)
