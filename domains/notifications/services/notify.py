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

MAX_TITLE = Notification._meta.get_field("title").max_length or 0
#: Maximum length of a text; the subject itself has the rest.
MAX_BODY = 2_000
AT_ONCE = timedelta(0)


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
    mail_after: timedelta = AT_ONCE,
) -> int:
    """Notify each of these people by the channels they want; return how many were notified. A system act.

    `bodies` are the texts, by recipient, of people who get another text than `body`. The template and its row
    identify the notification: no person gets it twice, even if calls repeat or race. The mail, if wanted, is
    due after `mail_after`.
    """
    now = timezone.now()
    # Sorted, so that two calls at the same time lock rows in the same order.
    channels = find_channels(kind=kind, user_ids=sorted(recipient_ids))
    rows = [
        Notification(
            recipient_id=recipient_id,
            kind=kind,
            title=shortened(title),
            body=(bodies or {}).get(recipient_id, body)[:MAX_BODY],
            template=template,
            source_id=source_id,
            is_in_app=way.in_app,
            created_at=now,
            **_columns_of(subject),
        )
        for recipient_id, way in channels.items()
        if way.is_any
    ]
    made = _store(rows, now) if rows else {}
    _plan_and_publish(made, channels, mail_after, now)
    return len(made)


def _store(rows: list[Notification], now: datetime) -> dict[int, int]:
    """Store the notifications; return those that are new, by recipient."""
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    # Rows of an earlier call have another time.
    made = Notification.objects.filter(
        template=rows[0].template,
        source_id=rows[0].source_id,
        recipient__in=[row.recipient_id for row in rows],
        created_at=now,
    )
    return dict(made.values_list("recipient_id", "pk"))


def _plan_and_publish(
    made: Mapping[int, int], channels: Mapping[int, Channels], mail_after: timedelta, now: datetime
) -> None:
    if not made:
        return
    has_mail = _plan_mails(made, channels, now + mail_after) and not mail_after
    has_push = _plan_pushes(made, channels)
    shown_to = [recipient_id for recipient_id in made if channels[recipient_id].in_app]
    bus.publish(facts.PeopleNotified(shown_to=shown_to, has_mail=has_mail, has_push=has_push))


def _columns_of(subject: Subject | None) -> dict[str, Any]:
    return {} if subject is None else {"subject_type": subject.type_name, "subject_id": subject.key}


def shortened(title: str) -> str:
    """Return the title in one line, cut to the maximum length."""
    line = " ".join(title.split())
    return line if len(line) <= MAX_TITLE else f"{line[: MAX_TITLE - 1]}…"


def _plan_mails(made: Mapping[int, int], channels: Mapping[int, Channels], due_at: datetime) -> bool:
    mails = [
        MailDelivery(notification_id=key, due_at=due_at)
        for recipient_id, key in made.items()
        if channels[recipient_id].email
    ]
    MailDelivery.objects.bulk_create(mails)
    return bool(mails)


def _plan_pushes(made: Mapping[int, int], channels: Mapping[int, Channels]) -> bool:
    wanting = [recipient_id for recipient_id in made if channels[recipient_id].push]
    if not settings.WEB_PUSH_PRIVATE_KEY or not wanting:
        return False
    browsers = find_push_subscriptions(user_ids=wanting).values_list("pk", "session__user_id")
    pushes = [PushDelivery(notification_id=made[user_id], subscription_id=pk) for pk, user_id in browsers]
    PushDelivery.objects.bulk_create(pushes)
    return bool(pushes)
