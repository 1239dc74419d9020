"""Confirming hours that check-in proposed; `logHours` does it for the id of a proposed entry."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, NotAllowed, NotFound, Refused
from domains.opportunities import facts, policies
from domains.opportunities.models import Application, HoursEntry, HoursStatus
from domains.opportunities.services.hours_rules import (
    Hours,
    find_same,
    lock_volunteer,
    problems_of,
    problems_of_dates,
    refuse_overlap,
    refuse_unless_working,
)
from domains.opportunities.services.remove_proposals import remove_overlapping_proposals


@transaction.atomic
def confirm_hours(
    *, actor: User, hours_entry_id: int, started_at: datetime | None, ended_at: datetime | None, note: str
) -> HoursEntry:
    """The proposed hours are SUBMITTED, with the values that are given; a repeat changes nothing.

    If the volunteer has logged the same hours already, that entry stays, and the proposal is removed. Refuses as
    `log_hours` does for new hours; also with CONFLICT, if the entry was confirmed with other times.
    """
    entry = _find_entry(actor, hours_entry_id)
    lock_volunteer(actor.pk)
    entry = _lock_again(entry)
    hours = Hours(started_at or entry.started_at, ended_at or entry.ended_at, note)
    if entry.status == HoursStatus.PROPOSED:
        return _confirm(entry, hours)
    if _without_fraction(hours) != (entry.started_at, entry.ended_at):
        message = f"The entry is {entry.status} already, with other times. Query it again."
        raise Refused.because(Code.CONFLICT, message, "hours_entry_id")
    return entry


def _confirm(entry: HoursEntry, hours: Hours) -> HoursEntry:
    opportunity = entry.application.role.opportunity
    refuse_unless_working(entry.application)
    if problems := problems_of(hours, opportunity):
        raise Refused(*problems)
    entry.started_at, entry.ended_at = _without_fraction(hours)
    if earlier := find_same(entry):
        HoursEntry.objects.filter(pk=entry.pk).delete()
        return earlier
    if problems := problems_of_dates(entry, opportunity):
        raise Refused(*problems)
    refuse_overlap(entry)
    remove_overlapping_proposals(entry)
    entry.status, entry.note, entry.submitted_at = HoursStatus.SUBMITTED, hours.note, timezone.now()
    entry.seconds = int((entry.ended_at - entry.started_at).total_seconds())
    entry.save(update_fields=["status", "started_at", "ended_at", "seconds", "note", "submitted_at"])
    bus.publish(facts.HoursSubmitted(hours_entry_id=entry.pk))
    return entry


def _find_entry(actor: User, hours_entry_id: int) -> HoursEntry:
    entry = HoursEntry.objects.visible_to(actor).select_related("application").filter(pk=hours_entry_id).first()
    if entry is None:
        raise NotFound("entry of hours", "hours_entry_id")
    if not policies.can_log_hours(actor, entry.application):
        raise NotAllowed("Only the volunteer confirms proposed hours.")
    return entry


def _lock_again(entry: HoursEntry) -> HoursEntry:
    """Lock the application and the entry, and return the entry, read under the locks.

    Check-in, a review or the end of the application may have changed or removed it meanwhile.
    """
    application = Application.objects.select_for_update(no_key=True).filter(pk=entry.application_id).first()
    found = HoursEntry.objects.select_for_update(no_key=True).filter(pk=entry.pk).first()
    if application is None or found is None:
        raise NotFound("entry of hours", "hours_entry_id")
    found.application = application
    return found


def _without_fraction(hours: Hours) -> tuple[datetime, datetime]:
    return hours.started_at.replace(microsecond=0), hours.ended_at.replace(microsecond=0)
