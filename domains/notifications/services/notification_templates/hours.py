"""Hours: asks the volunteer to confirm those that check-in recorded, and notifies them of the host's review."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from domains.notifications.models import Notification, NotificationKind
from domains.notifications.services.mails import MailContent
from domains.notifications.services.notification_templates.shapes import first_time_zone, format_local_time
from domains.notifications.services.notify import Subject, notify
from domains.opportunities.models import HoursEntry, HoursStatus
from domains.opportunities.services.remove_proposals import PROPOSAL_LIFETIME

CONFIRM = "If you worked at that time, confirm these hours or change them, so that they can be approved."
IGNORE = f"If you did not, do nothing: hours that nobody confirms are removed after {PROPOSAL_LIFETIME.days} days."


def notify_proposed(hours_entry_id: int) -> None:
    """Ask the volunteer to confirm the hours that check-in at an event recorded; once for each ticket."""
    entry = _find_entry(hours_entry_id)
    if entry is None or entry.proposed_from is None or not (proposed := _find_proposed(entry)):
        return
    opportunity = entry.application.role.opportunity
    notify(
        recipient_ids=[entry.volunteer_id],
        kind=NotificationKind.HOURS_REVIEWED,
        template="hours_proposed",
        source_id=entry.proposed_from,
        title=f"Confirm your hours: {opportunity.title}",
        body=f"Check-in recorded {', and '.join(_times_of(proposed))}. {CONFIRM} {IGNORE}",
        subject=Subject("HoursEntry", entry.pk),
    )


def mail_proposed(notification: Notification) -> MailContent | None:
    """Return the mail that asks to confirm hours, or None if none are left to confirm."""
    entries = _with_all().filter(volunteer=notification.recipient_id, proposed_from=notification.source_id)
    entry = entries.order_by("started_at", "pk").first()
    if entry is None or not (proposed := _find_proposed(entry)):
        return None
    opportunity = entry.application.role.opportunity
    return MailContent(
        template="notifications/hours_proposed",
        subject=f"Confirm your hours: {opportunity.title}",
        context={
            "volunteer": entry.volunteer,
            "opportunity": opportunity,
            "times": _times_of(proposed),
            "confirm": CONFIRM,
            "ignore": IGNORE,
        },
    )


def notify_reviewed(hours_entry_id: int) -> None:
    """Notify the volunteer of the review of their hours."""
    entry = _find_entry(hours_entry_id)
    if entry is None:
        return
    verdict = "approved" if entry.status == HoursStatus.APPROVED else "not approved"
    opportunity = entry.application.role.opportunity
    adds = f"{opportunity.host.organization_name} adds: {entry.review_note}" if opportunity.host else ""
    notify(
        recipient_ids=[entry.volunteer_id],
        kind=NotificationKind.HOURS_REVIEWED,
        template="hours_reviewed",
        source_id=hours_entry_id,
        title=f"Your hours were {verdict}: {opportunity.title}",
        body=adds if entry.review_note else "",
        subject=Subject("HoursEntry", entry.pk),
    )


def mail_reviewed(notification: Notification) -> MailContent | None:
    """Return the mail about a review of hours."""
    entry = _find_entry(notification.source_id)
    if entry is None:
        return None
    zone = first_time_zone(entry.application.role.opportunity.location_zip)
    return MailContent(
        template="notifications/hours_reviewed",
        subject=f"Your hours: {entry.application.role.opportunity.title}",
        context={
            "entry": entry,
            "began": format_local_time(entry.started_at, zone),
            "ended": format_local_time(entry.ended_at, zone),
        },
    )


def _find_entry(hours_entry_id: int) -> HoursEntry | None:
    return _with_all().filter(pk=hours_entry_id).first()


def _find_proposed(entry: HoursEntry) -> list[HoursEntry]:
    """Return the entries that are still proposed from the same ticket, earliest first."""
    rows = _with_all().filter(volunteer=entry.volunteer_id, proposed_from=entry.proposed_from)
    return list(rows.filter(status=HoursStatus.PROPOSED).order_by("started_at", "pk"))


def _times_of(entries: Sequence[HoursEntry]) -> list[str]:
    times = []
    for entry in entries:
        zone = first_time_zone(entry.application.role.opportunity.location_zip)
        times.append(f"{format_local_time(entry.started_at, zone)} to {format_local_time(entry.ended_at, zone)}")
    return times


def _with_all() -> QuerySet[HoursEntry]:
    rows = HoursEntry.objects.select_related("application__role__opportunity__host", "volunteer", "corrects")
    return rows.filter(volunteer__is_active=True)
