"""Making notifications: all notifications are made here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from domains.base import bus
from domains.notifications import facts
from domains.notifications.models import MailDelivery, Notification, NotificationKind, PushDelivery
from domains.notifications.policies import Channels
from domains.notifications.selectors import find_channels, find_push_subscriptions

MAX_TITLE_LENGTH = Notification._meta.get_field("title").max_length or 0
#: Maximum length of a text; the subject itself has the rest.
MAX_BODY_LENGTH = 2_000
NO_DELAY = timedelta(0)


@dataclass(frozen=True)
class Subject:
    """Subject of a notification: the name of its GraphQL type, and its key."""

    type_name: str
    key: int


@transaction.atomic
def notify(
    *,
    recipient_ids: Collection[int],
    kind: NotificationKind,
    template: str,
    source_id: int,
    title: str,
    body: str = "",
    bodies: Mapping[int, str] | None = None,
    subject: Subject | None = None,
    mail_delay: timedelta = NO_DELAY,
) -> int:
    """Notify each of these people by the channels they want; return how many were notified. A system act.

    `bodies` are the texts, by recipient, of people who get another text than `body`. The template and its row
    identify the notification: no person gets it twice, even if calls repeat or race. The mail, if wanted, is
    due after `mail_delay`.
    """
    now = timezone.now()
    # Sorted, so that two calls at the same time lock rows in the same order.
    channels = find_channels(kind=kind, user_ids=sorted(recipient_ids))
    rows = [
        Notification(
            recipient_id=recipient_id,
            kind=kind,
            title=shorten_title(title),
            body=(bodies or {}).get(recipient_id, body)[:MAX_BODY_LENGTH],
            template=template,
            source_id=source_id,
            is_in_app=wanted.in_app,
            created_at=now,
            **_columns_of(subject),
        )
        for recipient_id, wanted in channels.items()
        if wanted.has_any
    ]
    created = _store(rows, now) if rows else {}
    _queue_and_publish(created, channels, mail_delay, now)
    return len(created)


def _store(rows: list[Notification], now: datetime) -> dict[int, int]:
    """Store the notifications; return those that are new, by recipient."""
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    # Rows of an earlier call have another time.
    created = Notification.objects.filter(
        template=rows[0].template,
        source_id=rows[0].source_id,
        recipient__in=[row.recipient_id for row in rows],
        created_at=now,
    )
    return dict(created.values_list("recipient_id", "pk"))


def _queue_and_publish(
    created: Mapping[int, int], channels: Mapping[int, Channels], mail_delay: timedelta, now: datetime
) -> None:
    if not created:
        return
    has_mail = _queue_mails(created, channels, now + mail_delay) and not mail_delay
    has_push = _queue_pushes(created, channels)
    shown_to = [recipient_id for recipient_id in created if channels[recipient_id].in_app]
    bus.publish(facts.PeopleNotified(shown_to=shown_to, has_mail=has_mail, has_push=has_push))


def _columns_of(subject: Subject | None) -> dict[str, Any]:
    return {} if subject is None else {"subject_type": subject.type_name, "subject_id": subject.key}


def shorten_title(title: str) -> str:
    """Return the title in one line, cut to the maximum length."""
    line = " ".join(title.split())
    return line if len(line) <= MAX_TITLE_LENGTH else f"{line[: MAX_TITLE_LENGTH - 1]}…"


def _queue_mails(created: Mapping[int, int], channels: Mapping[int, Channels], due_at: datetime) -> bool:
    mails = [
        MailDelivery(notification_id=key, due_at=due_at)
        for recipient_id, key in created.items()
        if channels[recipient_id].email
    ]
    MailDelivery.objects.bulk_create(mails)
    return bool(mails)


def _queue_pushes(created: Mapping[int, int], channels: Mapping[int, Channels]) -> bool:
    recipient_ids = [recipient_id for recipient_id in created if channels[recipient_id].push]
    if not settings.WEB_PUSH_PRIVATE_KEY or not recipient_ids:
        return False
    subscriptions = find_push_subscriptions(user_ids=recipient_ids).values_list("pk", "session__user_id")
    pushes = [PushDelivery(notification_id=created[user_id], subscription_id=pk) for pk, user_id in subscriptions]
    PushDelivery.objects.bulk_create(pushes)
    return bool(pushes)
