"""The notification templates by name: each finds the recipients of a fact, and writes their texts and mails."""

from __future__ import annotations

from domains.notifications.models import Notification
from domains.notifications.services.mails import MailContent
from domains.notifications.services.notification_templates import applications, changes, events, hours, messages
from domains.notifications.services.notification_templates.shapes import NotificationTemplate, plain_mail

TEMPLATES: dict[str, NotificationTemplate] = {
    "application_received": NotificationTemplate(applications.mail_received, applications.notify_received),
    "place_confirmed": NotificationTemplate(applications.mail_decided, applications.notify_slot_confirmed),
    "application_decided": NotificationTemplate(applications.mail_decided, applications.notify_decided),
    "accepted_anyway": NotificationTemplate(plain_mail, applications.notify_accepted_anyway),
    "place_changed": NotificationTemplate(applications.mail_slot_changed, applications.notify_slot_changed),
    "opportunity_changed": NotificationTemplate(changes.mail_changed, changes.notify_changed),
    "opportunity_cancelled": NotificationTemplate(changes.mail_cancelled, changes.notify_cancelled),
    "hours_proposed": NotificationTemplate(hours.mail_proposed, hours.notify_proposed),
    "hours_reviewed": NotificationTemplate(hours.mail_reviewed, hours.notify_reviewed),
    "event_changed": NotificationTemplate(events.mail_changed, events.notify_changed),
    "event_cancelled": NotificationTemplate(events.mail_cancelled, events.notify_cancelled),
    events.EVENT_REMOVED: NotificationTemplate(plain_mail),
    "ticket_offered": NotificationTemplate(events.mail_offered, events.notify_offered),
    "ticket_offer_expired": NotificationTemplate(plain_mail, events.notify_offer_expired),
    "ticket_revoked": NotificationTemplate(plain_mail, events.notify_revoked),
    # Messages have a task of their own: `notify_of_message`.
    messages.TEMPLATE_NAME: NotificationTemplate(messages.mail),
}


def notify_by_template(*, template: str, source_id: int) -> None:
    """Each person whom the row concerns is notified once, however often this is called. A system act."""
    if notify := TEMPLATES[template].notify:
        notify(source_id)


def mail_of(notification: Notification) -> MailContent | None:
    """Return the mail about a notification, or None if there is nothing left to write about."""
    template = TEMPLATES.get(notification.template)
    return template.mail(notification) if template else plain_mail(notification)
