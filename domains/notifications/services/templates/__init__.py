"""The templates of notifications by name: whom a fact concerns, what they read, and the mail that goes with it."""

from __future__ import annotations

from domains.notifications.models import Notification
from domains.notifications.services.mails import Mail
from domains.notifications.services.templates import applications, changes, hours, messages
from domains.notifications.services.templates.shapes import NotificationTemplate, plain_mail

TEMPLATES: dict[str, NotificationTemplate] = {
    "application_received": NotificationTemplate(applications.tell_received, applications.mail_received),
    "place_confirmed": NotificationTemplate(applications.tell_place_confirmed, applications.mail_decided),
    "application_decided": NotificationTemplate(applications.tell_decided, applications.mail_decided),
    "accepted_anyway": NotificationTemplate(applications.tell_accepted_anyway, plain_mail),
    "place_changed": NotificationTemplate(applications.tell_place_changed, applications.mail_place_changed),
    "opportunity_changed": NotificationTemplate(changes.tell_changed, changes.mail_changed),
    "opportunity_cancelled": NotificationTemplate(changes.tell_cancelled, changes.mail_cancelled),
    "hours_reviewed": NotificationTemplate(hours.tell_reviewed, hours.mail_reviewed),
}


def notify_by_template(*, template: str, source_id: int) -> None:
    """Notify everybody whom the row concerns, once each, however often this is called. A system act."""
    TEMPLATES[template].tell(source_id)


def mail_of(notification: Notification) -> Mail | None:
    """Return the mail about a notification, or None where there is nothing to write about any more."""
    name = notification.key.partition(":")[0]
    if name == messages.NAME:
        return messages.mail(notification)
    if name in TEMPLATES:
        return TEMPLATES[name].mail(notification)
    return plain_mail(notification)
