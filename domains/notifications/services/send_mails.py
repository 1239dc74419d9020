"""Sending due mails about notifications."""

from __future__ import annotations

from domains.accounts.policies import can_be_mailed
from domains.base.queue import check_claim
from domains.notifications.models import MailDelivery, Notification, NotificationKind
from domains.notifications.policies import MAIL_REASONS
from domains.notifications.selectors import find_channels
from domains.notifications.services.deliveries import drain
from domains.notifications.services.mails import Footer, send_mail
from domains.notifications.services.notification_templates import mail_of


def send_due_mails() -> int:
    """Each mail that is due is sent once; returns how many were tried. A system act, safe in many processes at once."""
    return drain(MailDelivery.objects.all(), _send)


def _send(delivery: MailDelivery) -> bool:
    """Send the mail if the person's account is still open and they still want it; both are checked now."""
    notification = Notification.objects.select_related("recipient").get(pk=delivery.notification_id)
    recipient, kind = notification.recipient, NotificationKind(notification.kind)
    if not can_be_mailed(recipient) or not find_channels(kind=kind, user_ids=[recipient.pk])[recipient.pk].email:
        return False
    mail = mail_of(notification)
    if mail is None:
        return False
    check_claim(delivery)
    footer = Footer(reason=MAIL_REASONS[kind], user_id=recipient.pk, topic=kind.value)
    send_mail(mail, to=recipient.email, footer=footer, name=f"notification.{notification.pk}")
    return True
