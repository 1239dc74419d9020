"""Notifications, and what is to go out about them."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import date

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone
from factory.declarations import LazyFunction, Sequence, SubFactory, Trait

from domains.notifications.models import (
    Digest,
    MailDelivery,
    Notification,
    NotificationKind,
    Preference,
    PushDelivery,
    PushSubscription,
)
from tests.factories.accounts import SessionFactory, UserFactory
from tests.factories.model_factory import ModelFactory


class NotificationFactory(ModelFactory[Notification]):
    """An unread notification; `read=True` for one that was read."""

    class Meta:
        model = Notification

    class Params:
        read = Trait(read_at=LazyFunction(timezone.now))

    recipient = SubFactory(UserFactory)
    kind = NotificationKind.APPLICATION_DECIDED
    title = "You have a slot"
    body = "The host has accepted your application."
    template = "fact"
    source_id = Sequence(lambda n: n)


class PreferenceFactory(ModelFactory[Preference]):
    """Somebody who wants no mail about decisions."""

    class Meta:
        model = Preference

    user = SubFactory(UserFactory)
    kind = NotificationKind.APPLICATION_DECIDED
    in_app = True
    email = False
    digest = False
    push = True


class MailDeliveryFactory(ModelFactory[MailDelivery]):
    """A mail that is due."""

    class Meta:
        model = MailDelivery

    notification = SubFactory(NotificationFactory)


class DigestFactory(ModelFactory[Digest]):
    """A daily mail that is due, of another day each time."""

    class Meta:
        model = Digest

    recipient = SubFactory(UserFactory)
    day = Sequence(lambda n: date.fromordinal(date(2020, 1, 1).toordinal() + n))


def browser_key() -> tuple[ec.EllipticCurvePrivateKey, str]:
    """Return the key pair of a browser: the private half, and the public one as it registers it."""
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return private, urlsafe_b64encode(point).decode().rstrip("=")


class PushSubscriptionFactory(ModelFactory[PushSubscription]):
    """A browser of somebody with a session."""

    class Meta:
        model = PushSubscription

    session = SubFactory(SessionFactory)
    endpoint = Sequence(lambda n: f"https://fcm.googleapis.com/fcm/send/{n}")
    p256dh = LazyFunction(lambda: browser_key()[1])
    auth = urlsafe_b64encode(b"s" * 16).decode().rstrip("=")
    device_name = "Firefox"


class PushDeliveryFactory(ModelFactory[PushDelivery]):
    """A push that is due."""

    class Meta:
        model = PushDelivery

    notification = SubFactory(NotificationFactory)
    subscription = SubFactory(PushSubscriptionFactory)
