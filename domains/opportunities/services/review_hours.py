"""Approving or rejecting hours."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, NotAllowed, NotFound, Refused
from domains.opportunities import facts, policies
from domains.opportunities.models import HoursEntry, HoursStatus
from domains.opportunities.services.hours_rules import MAX_NOTE_LENGTH, lock_volunteer, refuse_overlap
from domains.opportunities.services.values import clean_note


@transaction.atomic
def review_hours(*, actor: User, hours_entry_id: int, approve: bool, note: str = "") -> HoursEntry:
    """The hours are approved for good, or rejected; a repeat changes nothing.

    Refuses with NOT_FOUND, FORBIDDEN (not a coordinator of the host, or the actor's own hours), TOO_LONG (the note),
    CONFLICT (decided otherwise meanwhile, or not submitted; the message names the current status) and OVERLAPS (other
    hours at the same time were approved).
    """
    entry = (
        HoursEntry.objects.visible_to(actor)
        .select_related("application__role__opportunity")
        .filter(pk=hours_entry_id)
        .first()
    )
    if entry is None:
        raise NotFound("entry of hours", "hours_entry_id")
    if not policies.can_review_hours(actor, entry):
        raise NotAllowed("Only owners and coordinators of the organization review its hours, and never their own.")
    note = clean_note(note, max_length=MAX_NOTE_LENGTH, field="note")
    lock_volunteer(entry.volunteer_id)
    # Others may have decided while this waited for the lock.
    try:
        entry.refresh_from_db(fields=["status"])
    except HoursEntry.DoesNotExist:
        raise NotFound("entry of hours", "hours_entry_id") from None
    decision = HoursStatus.APPROVED if approve else HoursStatus.REJECTED
    if entry.status == decision:
        return entry
    if entry.status != HoursStatus.SUBMITTED:
        message = f"The entry is {entry.status} already, and that can't be changed. Query it again."
        raise Refused.because(Code.CONFLICT, message, "hours_entry_id")
    if approve:
        refuse_overlap(entry)
    entry.status, entry.reviewed_by, entry.reviewed_at, entry.review_note = decision, actor, timezone.now(), note
    entry.save(update_fields=["status", "reviewed_by", "reviewed_at", "review_note"])
    bus.publish(facts.HoursReviewed(hours_entry_id=entry.pk))
    return entry
