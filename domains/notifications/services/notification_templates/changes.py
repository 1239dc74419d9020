"""Changes to published opportunities: notifies the volunteers who rely on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.notifications.models import Notification, NotificationKind
from domains.notifications.services.mails import MailContent
from domains.notifications.services.notification_templates.shapes import (
    OVERLAP_PREFIX,
    WITHDRAW_FROM_ONE,
    changed_lines,
    first_time_zone,
    format_local_time,
    format_slots,
)
from domains.notifications.services.notify import Subject, notify
from domains.opportunities.models import OpportunityChange
from domains.opportunities.selectors import find_cancelled_applicants, find_collisions, find_managers, find_slot_holders
from domains.opportunities.services.locks import lock_volunteers

TIME_COLUMNS = ("start_date", "end_date")
#: Names in the mail of the values that volunteers rely on.
LABELS = {
    "start_date": "Begins",
    "end_date": "Ends",
    "location_text": "Place",
    "location_zip": "ZIP code",
    "is_remote": "Take part",
}


@transaction.atomic
def notify_changed(change_id: int) -> None:
    """Notify each volunteer with a slot of the new values, and of their other slots that overlap now."""
    change = _find_change(change_id)
    if change is None:
        return
    people = list(find_slot_holders(change=change))
    body = "\n".join(f"{line['label']}: {line['new']}" for line in _changed_lines(change))
    if _has_other_times(change):
        # Wait for acceptances elsewhere that still use the former times: then both slots can be seen.
        lock_volunteers(volunteer_ids=[person.pk for person in people])
    collisions = _find_collisions(change, [person.pk for person in people])
    bodies = {person_id: f"{body}\n{sentence}" for person_id, sentence in collisions.items()}
    _notify(change, "opportunity_changed", people=people, body=body, bodies=bodies)


def mail_changed(notification: Notification) -> MailContent | None:
    """Return the mail with the old and the new values."""
    change = _find_change(notification.source_id)
    if change is None:
        return None
    person = notification.recipient
    context = {
        "person": person,
        "opportunity": change.opportunity,
        "lines": _changed_lines(change),
        "collision": _find_collisions(change, [person.pk]).get(person.pk, ""),
    }
    return MailContent(template="notifications/opportunity_changed", subject=_title(change), context=context)


def notify_cancelled(change_id: int) -> None:
    """Notify each volunteer whose application was cancelled with the opportunity.

    If staff cancelled it, notify the host's owners and coordinators, too.
    """
    change = _find_change(change_id)
    if change is None:
        return
    reason = change.after["closed_reason"]
    is_by_staff = _is_by_staff(change)
    adds = reason if is_by_staff else reason and f"They add: {reason}"
    body = " ".join(["Your application ends with it.", adds]).strip()
    applicants = list(find_cancelled_applicants(change=change))
    _notify(change, "opportunity_cancelled", people=applicants, body=body)
    if is_by_staff:
        managers = find_managers(host_id=change.opportunity.host_id or 0)
        _notify(change, "opportunity_cancelled", people=list(managers), body=reason)


def mail_cancelled(notification: Notification) -> MailContent | None:
    """Return the mail about the cancelled opportunity, with the reason."""
    change = _find_change(notification.source_id)
    if change is None:
        return None
    return MailContent(
        template="notifications/opportunity_cancelled",
        subject=_title(change),
        context={
            "person": notification.recipient,
            "opportunity": change.opportunity,
            "begins": format_local_time(
                change.opportunity.start_date, first_time_zone(change.opportunity.location_zip)
            ),
            "reason": change.after["closed_reason"],
            "is_by_staff": _is_by_staff(change),
            "had_applied": find_cancelled_applicants(change=change).filter(pk=notification.recipient_id).exists(),
        },
    )


def _has_other_times(change: OpportunityChange) -> bool:
    return not change.after.keys().isdisjoint(TIME_COLUMNS)


def _find_collisions(change: OpportunityChange, person_ids: Collection[int]) -> dict[int, str]:
    """Return, by person, a sentence that names their slots that overlap since the times changed."""
    if not _has_other_times(change):
        return {}
    found = find_collisions(opportunity=change.opportunity, volunteer_ids=person_ids, now=timezone.now())
    return {
        person_id: f"{OVERLAP_PREFIX}: {format_slots(slots)}. {WITHDRAW_FROM_ONE}" for person_id, slots in found.items()
    }


def _notify(
    change: OpportunityChange, template: str, *, people: list[User], body: str, bodies: Mapping[int, str] | None = None
) -> None:
    notify(
        recipient_ids=[person.pk for person in people],
        kind=NotificationKind.OPPORTUNITY_CHANGED,
        template=template,
        source_id=change.pk,
        title=_title(change),
        body=body,
        bodies=bodies,
        subject=Subject("Opportunity", change.opportunity_id),
    )


def _title(change: OpportunityChange) -> str:
    word = "Called off" if "closed_reason" in change.after else "Changed"
    return f"{word}: {change.opportunity.title}"


def _is_by_staff(change: OpportunityChange) -> bool:
    return bool(change.after.get("by_staff"))


def _find_change(change_id: int) -> OpportunityChange | None:
    return OpportunityChange.objects.select_related("opportunity__host").filter(pk=change_id).first()


def _changed_lines(change: OpportunityChange) -> list[dict[str, str]]:
    return changed_lines(LABELS, change.before, change.after, zip_code=change.opportunity.location_zip)
