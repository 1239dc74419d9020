"""Hours: notifies the volunteer of the host's review."""

from __future__ import annotations

from domains.notifications.models import Notification, NotificationKind
from domains.notifications.services.mails import MailContent
from domains.notifications.services.notification_templates.shapes import first_time_zone, format_local_time
from domains.notifications.services.notify import Subject, notify
from domains.opportunities.models import HoursEntry, HoursStatus


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
    with_all = HoursEntry.objects.select_related("application__role__opportunity__host", "volunteer", "corrects")
    return with_all.filter(pk=hours_entry_id, volunteer__is_active=True).first()
