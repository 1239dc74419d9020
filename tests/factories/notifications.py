"""Notifications."""

from __future__ import annotations

from django.utils import timezone
from factory.declarations import LazyFunction, Sequence, SubFactory, Trait

from domains.notifications.models import Notification, NotificationKind
from tests.factories.accounts import UserFactory
from tests.factories.model_factory import ModelFactory


class NotificationFactory(ModelFactory[Notification]):
    """An unread notification; `read=True` for one that was read."""

    class Meta:
        model = Notification

    class Params:
        read = Trait(read_at=LazyFunction(timezone.now))

    recipient = SubFactory(UserFactory)
    kind = NotificationKind.APPLICATION_DECIDED
    title = "You have a place"
    body = "The host has accepted your application."
    key = Sequence(lambda n: f"fact-{n}")
