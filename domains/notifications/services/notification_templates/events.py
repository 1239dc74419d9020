"""Events and tickets: notifies ticket holders of changes, cancellations, offers and revoked tickets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Q

from domains.accounts.models import User
from domains.base.mail import Attachment
from domains.events.models import EventChange, EventTicket, TicketStatus
from domains.events.selectors import find_cancelled_holders, find_event_managers, find_ticket_holders
from domains.events.services import calendar_file
from domains.notifications.models import Notification, NotificationKind
from domains.notifications.services.mails import MailContent
from domains.notifications.services.notification_templates.shapes import (
    changed_lines,
    first_time_zone,
    format_local_time,
    plain_mail,
)
from domains.notifications.services.notify import Subject, notify

#: Names in the mail of the values that ticket holders rely on.
LABELS = {"event_date": "Begins", "end_date": "Ends", "location": "Location", "location_zip": "ZIP code"}
EVENT_REMOVED = "event_removed"


def notify_changed(change_id: int) -> None:
    """Notify each ticket holder of the new values."""
    change = _find_change(change_id)
    if change is not None:
        body = "\n".join(f"{line['label']}: {line['new']}" for line in _changed_lines(change))
        _notify_of_change(change, "event_changed", people=find_ticket_holders(change=change), body=body)


def mail_changed(notification: Notification) -> MailContent | None:
    """Return the mail with the old and the new values, and the new entry for the calendars of ticket holders."""
    change = _find_change(notification.source_id)
    if change is None:
        return None
    context = {"person": notification.recipient, "event": change.event, "lines": _changed_lines(change)}
    return MailContent(
        template="notifications/event_changed",
        subject=_title(change),
        context=context,
        attachments=_calendar_files(change, notification.recipient),
    )


def notify_cancelled(change_id: int) -> None:
    """Notify each person whose ticket was canceled with the event; if staff canceled it, its organizers, too."""
    change = _find_change(change_id)
    if change is None:
        return
    reason = change.after["cancelled_reason"]
    body = f"Your ticket is no longer valid. {reason}".strip()
    _notify_of_change(change, "event_cancelled", people=find_cancelled_holders(change=change), body=body)
    if change.after.get("by_staff"):
        _notify_of_change(change, "event_cancelled", people=find_event_managers(event=change.event), body=reason)


def mail_cancelled(notification: Notification) -> MailContent | None:
    """Return the mail about the canceled event, with the reason; it removes the entry from the holder's calendar."""
    change = _find_change(notification.source_id)
    if change is None:
        return None
    event, recipient = change.event, notification.recipient
    context = {
        "person": recipient,
        "event": event,
        "begins": format_local_time(event.event_date, first_time_zone(event.location_zip)),
        "reason": change.after["cancelled_reason"],
        "is_by_staff": bool(change.after.get("by_staff")),
        "had_ticket": find_cancelled_holders(change=change).filter(pk=recipient.pk).exists(),
    }
    return MailContent(
        template="notifications/event_cancelled",
        subject=_title(change),
        context=context,
        attachments=_calendar_files(change, recipient),
    )


def notify_offered(ticket_id: int) -> None:
    """Notify the attendee of the offered ticket and its deadline."""
    ticket = _find_ticket(ticket_id)
    if ticket is None or ticket.status != TicketStatus.OFFERED or ticket.offer_expires_at is None:
        return
    until = format_local_time(ticket.offer_expires_at, first_time_zone(ticket.event.location_zip))
    body = (
        f"A slot is free, and it is held for you until {until}. If you can't come, refuse it: then others can have it."
    )
    _notify_holder(ticket, "ticket_offered", title=f"A ticket for you: {ticket.event.title}", body=body)


def mail_offered(notification: Notification) -> MailContent | None:
    """Return the mail about the offer; None if it was answered or has expired meanwhile."""
    ticket = _find_ticket(notification.source_id)
    return plain_mail(notification) if ticket is not None and ticket.status == TicketStatus.OFFERED else None


def notify_offer_expired(ticket_id: int) -> None:
    """Notify the attendee that the offered ticket went to the next on the waitlist."""
    ticket = _find_ticket(ticket_id)
    if ticket is not None:
        body = "You did not answer in time, so the offer has ended. To wait for a slot again, claim another ticket."
        _notify_holder(ticket, "ticket_offer_expired", title=f"The offer has expired: {ticket.event.title}", body=body)


def notify_revoked(ticket_id: int) -> None:
    """Notify the former holder that the organizers revoked the ticket."""
    ticket = _find_ticket(ticket_id)
    if ticket is None:
        return
    adds = f"The organizers write: {ticket.revoked_reason}" if ticket.revoked_reason else ""
    notify(
        recipient_ids=[ticket.attendee_id],
        kind=NotificationKind.EVENT_CHANGED,
        template="ticket_revoked",
        source_id=ticket.pk,
        title=f"Your ticket was revoked: {ticket.event.title}",
        body=adds,
        subject=Subject("EventTicket", ticket.pk),
    )


def notify_removed(*, event_id: int, holder_ids: Collection[int], begins_at: datetime) -> None:
    """Notify the ticket holders of an event that went with the account of its creator, without naming it."""
    known = User.objects.filter(pk__in=holder_ids, is_active=True).values_list("pk", flat=True)
    notify(
        recipient_ids=list(known),
        kind=NotificationKind.EVENT_CHANGED,
        template=EVENT_REMOVED,
        source_id=event_id,
        title="An event that you had a ticket for does not take place",
        body=f"It was to begin on {format_local_time(begins_at, first_time_zone())}. Its organizer has left.",
    )


def _notify_holder(ticket: EventTicket, template: str, *, title: str, body: str) -> None:
    notify(
        recipient_ids=[ticket.attendee_id],
        kind=NotificationKind.TICKET_OFFERED,
        template=template,
        source_id=ticket.pk,
        title=title,
        body=body,
        subject=Subject("EventTicket", ticket.pk),
    )


def _notify_of_change(change: EventChange, template: str, *, people: Collection[User], body: str) -> None:
    notify(
        recipient_ids=[person.pk for person in people],
        kind=NotificationKind.EVENT_CHANGED,
        template=template,
        source_id=change.pk,
        title=_title(change),
        body=body,
        subject=Subject("Event", change.event_id),
    )


def _calendar_files(change: EventChange, recipient: User) -> Sequence[Attachment]:
    """Return the file of the event for people whose ticket was issued: its mail brought the entry."""
    issued = EventTicket.objects.filter(event=change.event_id, attendee=recipient, issued_at__isnull=False)
    is_valid = Q(status=TicketStatus.ISSUED) | Q(cancelled_at=change.at)
    return [calendar_file(change.event)] if issued.filter(is_valid).exists() else []


def _title(change: EventChange) -> str:
    word = "Canceled" if "cancelled_reason" in change.after else "Changed"
    return f"{word}: {change.event.title}"


def _changed_lines(change: EventChange) -> list[dict[str, str]]:
    return changed_lines(LABELS, change.before, change.after, zip_code=change.event.location_zip)


def _find_change(change_id: int) -> EventChange | None:
    return EventChange.objects.select_related("event__organization", "event__host").filter(pk=change_id).first()


def _find_ticket(ticket_id: int) -> EventTicket | None:
    found = EventTicket.objects.select_related("event", "attendee")
    return found.filter(pk=ticket_id, attendee__is_active=True).first()
