"""Registering and removing push subscriptions of browsers."""

from __future__ import annotations

from base64 import urlsafe_b64decode

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from domains.accounts.models import Session, User
from domains.base import rates
from domains.base.errors import Code, Problem, Refused
from domains.notifications.errors import NotificationCode
from domains.notifications.models import PushSubscription
from domains.notifications.providers import is_push_service

RATE_LIMIT, RATE_SECONDS = 30, 60
AUTH_SECRET_BYTES = 16
MAX_KEY_LENGTH = 120


def register_push_subscription(
    *, session: Session, endpoint: str, p256dh: str, auth: str, device_name: str = ""
) -> PushSubscription:
    """The browser gets pushes for the session's person from now on, until the session ends.

    A browser that was registered before belongs to this session now; if one person has more than ten, the
    oldest is removed. Refuses with PUSH_IS_OFF, INVALID (the address is not of a known push service, or a key is
    invalid), TOO_LONG and RATE_LIMITED.
    """
    if not settings.WEB_PUSH_PRIVATE_KEY:
        raise Refused.because(NotificationCode.PUSH_IS_OFF, "This server sends no pushes: no keys are set.")
    if problems := _problems(endpoint, p256dh, auth, device_name):
        raise Refused(*problems)
    rates.spend(what="push_subscription", key=str(session.user_id), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    with transaction.atomic():
        # Lock the person, so that concurrent registrations never exceed the maximum.
        User.objects.select_for_update(no_key=True).get(pk=session.user_id)
        keys = {"p256dh": p256dh.rstrip("="), "auth": auth.rstrip("="), "device_name": device_name}
        kept, _ = PushSubscription.objects.update_or_create(endpoint=endpoint, defaults={"session": session, **keys})
        own = PushSubscription.objects.filter(session__user=session.user_id).exclude(pk=kept.pk)
        extra = own.order_by("-created_at", "-pk").values_list("pk", flat=True)[PushSubscription.MAX_PER_PERSON - 1 :]
        PushSubscription.objects.filter(pk__in=list(extra)).delete()
    return kept


def remove_push_subscription(*, actor: User, endpoint: str) -> int:
    """The browser gets no more pushes for the actor; returns how many of the actor's browsers still do.

    An unknown browser, or another person's, changes nothing. Refuses with RATE_LIMITED.
    """
    rates.spend(what="push_subscription", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    own = PushSubscription.objects.filter(session__user=actor)
    own.filter(endpoint=endpoint).delete()
    return own.count()


def remove_session_subscriptions(*, session_id: int) -> None:
    """The browsers of an ended session get no more pushes. A system act."""
    PushSubscription.objects.filter(session=session_id).delete()


def remove_if_ended(*, subscription_id: int) -> None:
    """The subscription is removed if its current session has ended, or its person's account is closed. A system act.

    The browser may have belonged to another person before: their pending pushes do not count.
    """
    with transaction.atomic():
        has_ended = Q(session__ended_at__isnull=False) | Q(session__user__is_active=False)
        subscription = (
            PushSubscription.objects.select_for_update(of=("self",)).filter(has_ended, pk=subscription_id).first()
        )
        if subscription:
            subscription.delete()


def _problems(endpoint: str, p256dh: str, auth: str, device_name: str) -> list[Problem]:
    problems = [
        Problem(Code.TOO_LONG, f"Give at most {max_length} characters.", field)
        for field, text, max_length in (
            ("endpoint", endpoint, PushSubscription._meta.get_field("endpoint").max_length or 0),
            ("device_name", device_name, PushSubscription._meta.get_field("device_name").max_length or 0),
        )
        if len(text) > max_length
    ]
    if not is_push_service(endpoint):
        problems.append(Problem(Code.INVALID, "This is not the address of a known push service.", "endpoint"))
    if not _is_public_key(p256dh):
        problems.append(Problem(Code.INVALID, "This is not the browser's public key (P-256).", "p256dh"))
    if len(_decode_base64(auth)) != AUTH_SECRET_BYTES:
        problems.append(Problem(Code.INVALID, "This is not the browser's secret of 16 bytes.", "auth"))
    return problems


def _is_public_key(text: str) -> bool:
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _decode_base64(text))
    except ValueError:
        return False
    return True


def _decode_base64(text: str) -> bytes:
    """Return the decoded URL-safe Base64, or no bytes if it is invalid."""
    if len(text) > MAX_KEY_LENGTH or not text.isascii():
        return b""
    try:
        return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except ValueError:
        return b""
