"""Sending due pushes: encrypted for the browser, signed with the server's key (VAPID)."""

from __future__ import annotations

import json
from base64 import b64encode
from email.utils import parseaddr
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils import timezone
from py_vapid import Vapid02

from domains.base.queue import check_claim
from domains.notifications.models import Notification, NotificationKind, PushDelivery, PushSubscription
from domains.notifications.providers import is_push_service
from domains.notifications.selectors import find_channels, find_push_subscriptions
from domains.notifications.services.deliveries import drain
from domains.notifications.services.notification_templates.messages import is_between_blocked
from domains.notifications.services.push_subscriptions import remove_if_ended

CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS = 1, 4
#: How long the push service keeps a push for an offline browser, and how long the signature is valid.
TTL_SECONDS, SIGNATURE_LIFETIME_SECONDS = 24 * 3600, 12 * 3600
GONE_STATUSES = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class PushRefused(Exception):
    """The push service refused the push."""


class NoRedirectSession(requests.Session):
    """HTTP session that connects only to the given address: no redirects, no settings from the environment."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def post(self, url: Any, data: Any = None, json: Any = None, **kwargs: Any) -> requests.Response:
        """Post without following redirects."""
        return super().post(url, data, json, **{**kwargs, "allow_redirects": False})


def send_due_pushes() -> int:
    """Each push that is due is sent once; returns how many were tried. A system act, safe in many processes at once."""
    return drain(PushDelivery.objects.all(), _send) if settings.WEB_PUSH_PRIVATE_KEY else 0


def _send(delivery: PushDelivery) -> bool:
    """Send the push if it is still wanted; remove subscriptions that are gone for good or whose session has ended."""
    notification, subscription = delivery.notification, delivery.subscription
    owner_id, kind = notification.recipient_id, NotificationKind(notification.kind)
    if not find_push_subscriptions(user_ids=[owner_id]).filter(pk=subscription.pk).exists():
        remove_if_ended(subscription_id=subscription.pk)
        return False
    is_wanted = find_channels(kind=kind, user_ids=[owner_id])[owner_id].push
    if notification.read_at or not is_wanted or is_between_blocked(notification):
        return False
    check_claim(delivery)
    status = _post(notification, subscription)
    if status in GONE_STATUSES:
        subscription.delete()
        return False
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise PushRefused(f"the push service answered {status}")
    return True


def _post(notification: Notification, subscription: PushSubscription) -> int:
    from pywebpush import WebPusher  # noqa: PLC0415 # it imports a second HTTP client, which few processes need

    if not is_push_service(subscription.endpoint):
        raise PushRefused("the address is at no known push service")
    keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
    with NoRedirectSession() as session:
        pusher = WebPusher({"endpoint": subscription.endpoint, "keys": keys}, requests_session=session)
        answer: Any = pusher.send(
            _payload(notification),
            headers={**_signature(subscription.endpoint), "Urgency": "normal", "Topic": f"n{notification.pk}"},
            ttl=TTL_SECONDS,
            timeout=(CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS),
        )
    return int(answer.status_code)


def _payload(notification: Notification) -> str:
    node_id = b64encode(f"Notification:{notification.pk}".encode()).decode()
    return json.dumps(
        {"kind": notification.kind, "title": notification.title, "notificationId": node_id}, ensure_ascii=False
    )


def _signature(endpoint: str) -> dict[str, str]:
    """Return the header that proves to the push service which server sends."""
    url = urlsplit(endpoint)
    claims = {
        "aud": f"{url.scheme}://{url.netloc}",
        "exp": int(timezone.now().timestamp()) + SIGNATURE_LIFETIME_SECONDS,
        "sub": settings.WEB_PUSH_CONTACT or f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}",
    }
    signed: dict[str, str] = Vapid02.from_raw(settings.WEB_PUSH_PRIVATE_KEY.encode()).sign(claims)
    return signed
