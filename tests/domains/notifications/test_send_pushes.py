"""Pushes, before a push service of the test's own: readable for the browser alone, signed, and sent nowhere else."""

from __future__ import annotations

import io
import json
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import call_command
from django.utils import timezone

from config import env
from domains.accounts.services import log_out
from domains.notifications import services
from domains.notifications.models import NotificationKind, PushDelivery, PushSubscription
from domains.notifications.providers import is_push_service, public_key_of
from domains.notifications.selectors import get_web_push_key
from tests.api import gid
from tests.factories import (
    BlockFactory,
    MessageFactory,
    PreferenceFactory,
    PushSubscriptionFactory,
    SessionFactory,
    UserFactory,
    conversation_between,
)
from tests.factories.notifications import browser_key

pytestmark = pytest.mark.django_db

SECRET = b"s" * 16
KIND = NotificationKind.APPLICATION_DECIDED


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://.push.services.mozilla.com/x",
        "https://evil.example;.push.services.mozilla.com/x",
        "https://127.0.0.1%2f.push.services.mozilla.com/x",
        'https://evil.example"><.notify.windows.com/x',
        "https://fcm.googleapis.com.evil.example/x",
        "https://fcm.googleapis.com@evil.example/x",
        "https://fcm.googleapis.com:8443/x",
        "http://fcm.googleapis.com/x",
    ],
)
def test_what_is_no_push_service(endpoint: str) -> None:
    assert not is_push_service(endpoint)
    assert is_push_service("https://updates.push.services.mozilla.com/wpush/v2/x")


@dataclass
class PushService:
    """A push service on this machine; keeps what it was sent and answers as it is told."""

    status: int = 201
    location: str = ""
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    origin: str = ""

    def start(self) -> ThreadingHTTPServer:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(service.status)
                if service.location:
                    self.send_header("Location", service.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                service.requests.append((self.path, {}, b""))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


@pytest.fixture
def push_service(settings: Any) -> Iterator[PushService]:
    service = PushService()
    server = service.start()
    out = io.StringIO()
    call_command("make_web_push_key", stdout=out)
    settings.WEB_PUSH_PRIVATE_KEY = out.getvalue().strip()
    settings.WEB_PUSH_CONTACT = "mailto:staff@community.example"
    settings.WEB_PUSH_EXTRA_ORIGINS = (service.origin,)
    yield service
    server.shutdown()
    server.server_close()


def browser_of(push_service: PushService, **fields: Any) -> tuple[PushSubscription, ec.EllipticCurvePrivateKey]:
    private, public = browser_key()
    auth = urlsafe_b64encode(SECRET).decode().rstrip("=")
    endpoint = f"{push_service.origin}/push/{PushSubscription.objects.count()}"
    return PushSubscriptionFactory(endpoint=endpoint, p256dh=public, auth=auth, **fields), private


def tell(*people: Any, title: str = "You have a slot: Plant <trees>", source_id: int = 1) -> None:
    services.notify(
        recipient_ids=[one.pk for one in people],
        kind=KIND,
        template="fact",
        source_id=source_id,
        title=title,
        body="Not for the push service.",
    )


def test_the_browser_alone_can_read_the_kind_the_title_and_the_id(push_service: PushService) -> None:
    subscription, private = browser_of(push_service)
    user = subscription.session.user
    tell(user)
    assert services.send_due_pushes() == 1
    assert services.send_due_pushes() == 0
    ((path, headers, body),) = push_service.requests
    assert path == "/push/0"
    read = http_ece.decrypt(body, private_key=private, auth_secret=SECRET, version="aes128gcm")
    notification = user.notifications.get()
    assert json.loads(read) == {"kind": KIND, "title": notification.title, "notificationId": gid(notification)}
    assert b"trees" not in body
    assert (headers["content-encoding"], int(headers["ttl"]) > 0) == ("aes128gcm", True)
    scheme, _, rest = headers["authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, parts["k"]) == ("vapid", get_web_push_key())
    point = urlsafe_b64decode(parts["k"] + "=")
    key: Any = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    claims = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=push_service.origin)
    assert claims["sub"] == "mailto:staff@community.example"
    assert 0 < claims["exp"] - timezone.now().timestamp() <= 24 * 3600


def test_each_browser_of_a_person_gets_it_and_nobody_elses(push_service: PushService) -> None:
    user = UserFactory()
    for _ in range(3):
        browser_of(push_service, session=SessionFactory(user=user))
    browser_of(push_service)
    tell(user)
    services.send_due_pushes()
    assert sorted(path for path, _, _ in push_service.requests) == ["/push/0", "/push/1", "/push/2"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(push_service: PushService, status: int) -> None:
    subscription, _ = browser_of(push_service)
    tell(subscription.session.user)
    push_service.status = status
    services.send_due_pushes()
    assert not PushSubscription.objects.exists()
    assert not PushDelivery.objects.exists()


@pytest.mark.parametrize("status", [400, 413, 429, 500])
def test_what_the_service_does_not_take_is_tried_again_later(push_service: PushService, status: int) -> None:
    subscription, _ = browser_of(push_service)
    tell(subscription.session.user)
    push_service.status = status
    services.send_due_pushes()
    delivery = PushDelivery.objects.get()
    assert (delivery.done_at, delivery.attempts) == (None, 1)
    assert f"{status}" in delivery.last_error
    push_service.status = 201
    PushDelivery.objects.update(due_at=timezone.now())
    services.send_due_pushes()
    delivery.refresh_from_db()
    assert delivery.is_sent
    assert len(push_service.requests) == 2


def test_a_redirect_is_not_followed(push_service: PushService) -> None:
    subscription, _ = browser_of(push_service)
    tell(subscription.session.user)
    push_service.status, push_service.location = 307, f"{push_service.origin}/elsewhere"
    services.send_due_pushes()
    assert [path for path, _, _ in push_service.requests] == ["/push/0"]
    assert "307" in PushDelivery.objects.get().last_error


def test_a_service_that_is_not_allowed_any_more_gets_nothing(push_service: PushService, settings: Any) -> None:
    subscription, _ = browser_of(push_service)
    tell(subscription.session.user)
    settings.WEB_PUSH_EXTRA_ORIGINS = ()
    services.send_due_pushes()
    assert push_service.requests == []
    assert "known push service" in PushDelivery.objects.get().last_error


@pytest.mark.parametrize("why", ["session", "account", "preference", "read"])
def test_what_is_not_wanted_any_more_is_not_sent(push_service: PushService, why: str) -> None:
    subscription, _ = browser_of(push_service)
    session, user = subscription.session, subscription.session.user
    tell(user)
    if why == "session":
        session.ended_at = timezone.now()
        session.save()
    elif why == "account":
        user.is_active = False
        user.save()
    elif why == "preference":
        PreferenceFactory(user=user, kind=KIND, push=False)
    else:
        user.notifications.update(read_at=timezone.now())
    services.send_due_pushes()
    assert push_service.requests == []
    assert PushSubscription.objects.exists() is (why in {"preference", "read"})


def test_a_push_that_waits_for_a_former_person_takes_nothing_from_the_one_whose_browser_it_is_now(
    push_service: PushService,
) -> None:
    subscription, _ = browser_of(push_service)
    tell(subscription.session.user)
    now = SessionFactory()
    services.register_push_subscription(
        session=now, endpoint=subscription.endpoint, p256dh=subscription.p256dh, auth=subscription.auth
    )
    assert services.send_due_pushes() == 1
    assert push_service.requests == []
    assert PushSubscription.objects.get().session == now
    tell(now.user)
    services.send_due_pushes()
    assert len(push_service.requests) == 1


@pytest.mark.parametrize("is_by_sender", [True, False])
def test_no_push_tells_of_a_message_between_two_of_whom_one_has_blocked_the_other(
    push_service: PushService, is_by_sender: bool
) -> None:
    one, other = (browser_of(push_service)[0].session.user for _ in range(2))
    sender = UserFactory()
    message = MessageFactory(conversation=conversation_between(sender, one, other), sender=sender)
    services.notify_of_message(conversation_id=message.conversation_id, sequence=message.sequence, sender_id=sender.pk)
    BlockFactory(blocker=sender if is_by_sender else one, blocked=one if is_by_sender else sender)
    assert services.send_due_pushes() == 2
    assert [path for path, _, _ in push_service.requests] == ["/push/1"]


@pytest.mark.django_db(transaction=True)
def test_it_goes_with_its_session_and_its_account(push_service: PushService) -> None:
    one, _ = browser_of(push_service)
    log_out(actor=one.session.user, refresh_token=None, everywhere=True)
    assert not PushSubscription.objects.exists()
    two, _ = browser_of(push_service)
    two.session.user.delete()
    assert not PushSubscription.objects.exists()


def test_without_a_key_nothing_is_even_planned(push_service: PushService, settings: Any) -> None:
    subscription, _ = browser_of(push_service)
    settings.WEB_PUSH_PRIVATE_KEY = ""
    tell(subscription.session.user)
    assert not PushDelivery.objects.exists()
    assert services.send_due_pushes() == 0


def test_the_command_prints_a_key_that_the_environment_takes() -> None:
    out = io.StringIO()
    call_command("make_web_push_key", stdout=out)
    key = out.getvalue().strip()
    values = env.read({"SECRET_KEY": "s" * 32, "WEB_PUSH_PRIVATE_KEY": key})
    assert values["WEB_PUSH_PRIVATE_KEY"] == key
    assert len(public_key_of(key)) == 87
