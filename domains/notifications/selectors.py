"""Selectors for notifications, preferences and push subscriptions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from domains.accounts.models import User
from domains.notifications.models import (
    MailDelivery,
    Notification,
    NotificationKind,
    NotificationQuerySet,
    Preference,
    PushSubscription,
)
from domains.notifications.policies import DEFAULT_CHANNELS, Channels
from domains.notifications.providers import public_key_of


def find_notifications(*, viewer: User | None) -> NotificationQuerySet:
    """Return the viewer's notifications, newest first."""
    return Notification.objects.visible_to(viewer).order_by("-created_at", "-pk")


def count_unread(*, viewer: User) -> int:
    """Return how many of the viewer's notifications are unread."""
    return Notification.objects.visible_to(viewer).filter(read_at__isnull=True).count()


def find_notifications_since(*, user_id: int, since: datetime) -> list[Notification]:
    """Return the user's notifications since a time, oldest first; none if the account is closed. A system question."""
    own = Notification.objects.filter(recipient=user_id, is_in_app=True, recipient__is_active=True)
    return list(own.filter(created_at__gte=since).order_by("created_at", "pk"))


def find_people_notified_since(*, user_ids: Collection[int], since: datetime) -> set[int]:
    """Return which of the users got a notification since a time. A system question: it returns ids only."""
    rows = Notification.objects.filter(recipient__in=user_ids, created_at__gte=since, is_in_app=True)
    return set(rows.values_list("recipient", flat=True).distinct())


def find_preferences(*, user_id: int) -> dict[NotificationKind, Channels]:
    """Return the person's channels for every kind."""
    channels = dict(DEFAULT_CHANNELS)
    for row in Preference.objects.filter(user=user_id):
        channels[NotificationKind(row.kind)] = channels_of(row)
    return channels


def find_channels(*, kind: NotificationKind, user_ids: Collection[int]) -> dict[int, Channels]:
    """Return each person's channels for this kind; a system question."""
    channels = dict.fromkeys(user_ids, DEFAULT_CHANNELS[kind])
    for row in Preference.objects.filter(kind=kind, user__in=user_ids):
        channels[row.user_id] = channels_of(row)
    return channels


def channels_of(row: Preference) -> Channels:
    """Return the channels of a row of preferences."""
    return Channels(in_app=row.in_app, email=row.email, digest=row.digest, push=row.push)


def find_push_subscriptions(*, user_ids: Collection[int]) -> QuerySet[PushSubscription]:
    """Return these people's push subscriptions in sessions that have not ended; a system question."""
    return PushSubscription.objects.filter(
        session__user__in=user_ids, session__user__is_active=True, session__ended_at__isnull=True
    ).exclude(session__user__in=User.objects.who_must_set_up_mfa())


def find_for_digest(*, since: datetime) -> NotificationQuerySet:
    """Return the notifications for daily mails: unread, of a kind the person wants there, without a mail of their own.

    A system question.
    """
    preference = Preference.objects.filter(user=OuterRef("recipient"), kind=OuterRef("kind"))
    by_default = [kind for kind, channels in DEFAULT_CHANNELS.items() if channels.digest]
    is_wanted = Exists(preference.filter(digest=True)) | Q(kind__in=by_default) & ~Exists(
        preference.filter(digest=False)
    )
    mail = MailDelivery.objects.filter(notification=OuterRef("pk"))
    is_mailed = mail.filter(Q(is_sent=True) | Q(done_at__isnull=True, attempts__lt=MailDelivery.MAX_ATTEMPTS))
    return Notification.objects.filter(
        is_wanted, ~Exists(is_mailed), read_at__isnull=True, created_at__gte=since, recipient__is_active=True
    )


def get_web_push_key() -> str | None:
    """Return the public key with which browsers subscribe to pushes, or None if pushes are off."""
    private_key = settings.WEB_PUSH_PRIVATE_KEY
    return public_key_of(private_key) if private_key else None
