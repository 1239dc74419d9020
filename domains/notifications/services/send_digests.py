"""The daily mail: notifications that a person has not read and got no mail about."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from domains.accounts.policies import can_be_mailed
from domains.base.queue import check_claim
from domains.notifications.models import Digest
from domains.notifications.selectors import find_for_digest
from domains.notifications.services.deliveries import drain
from domains.notifications.services.mails import Footer, MailContent, send_mail
from domains.notifications.tokens import DIGEST_TOPIC

#: Hour of the day, in UTC, from which the daily mails go out.
SEND_FROM_HOUR = 7
#: Older notifications are left out.
DIGEST_WINDOW = timedelta(days=7)
MAX_LISTED_NOTIFICATIONS = 20
#: Number of people per batch.
BATCH_SIZE = 500
REASON = "you have not read what is in it; it comes once a day at the most"


def send_digests(*, now: datetime | None = None) -> int:
    """Each person with notifications for it gets one daily mail a day; returns how many mails were tried.

    A system act, safe in many processes at once: the constraint on person and day decides. A notification in one daily
    mail is not in the next.
    """
    now = now or timezone.now()
    if now.hour >= SEND_FROM_HOUR:
        _queue(now)
    return drain(Digest.objects.all(), _send)


def _queue(now: datetime) -> None:
    waiting = find_for_digest(since=now - DIGEST_WINDOW).filter(digest__isnull=True)
    already_queued = Digest.objects.filter(day=now.date()).values("recipient")
    people = waiting.exclude(recipient__in=already_queued).order_by().values_list("recipient_id", flat=True).distinct()
    for recipient_id in people[:BATCH_SIZE]:
        with transaction.atomic():
            digest, is_new = Digest.objects.get_or_create(recipient_id=recipient_id, day=now.date())
            if is_new and not waiting.filter(recipient=recipient_id).update(digest=digest):
                digest.delete()


def _send(digest: Digest) -> bool:
    """Send the notifications that are still unread and wanted; send no mail if there are none."""
    recipient = digest.recipient
    unread = find_for_digest(since=digest.due_at - DIGEST_WINDOW * 2).filter(digest=digest)
    number = unread.count()
    if not number or not can_be_mailed(recipient):
        return False
    listed = list(unread.order_by("-created_at", "-pk")[:MAX_LISTED_NOTIFICATIONS])
    mail = MailContent(
        template="notifications/digest",
        subject=f"{number} new for you" if number > 1 else listed[0].title,
        context={"person": recipient, "notifications": listed, "more": number - len(listed)},
    )
    check_claim(digest)
    footer = Footer(reason=REASON, user_id=recipient.pk, topic=DIGEST_TOPIC)
    send_mail(mail, to=recipient.email, footer=footer, name=f"digest.{digest.pk}")
    return True
