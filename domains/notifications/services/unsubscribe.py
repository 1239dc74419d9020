"""Unsubscribing from mails, by the link in one of them."""

from __future__ import annotations

from collections.abc import Mapping

from domains.accounts.models import User
from domains.base.errors import NotFound
from domains.base.signing import BadSignature
from domains.notifications.models import NotificationKind
from domains.notifications.policies import DEFAULT_CHANNELS, MAIL_TOPICS
from domains.notifications.services.update_notification_preferences import change_channels
from domains.notifications.tokens import DIGEST_TOPIC, read_unsubscribe

DIGEST_TOPIC_NAME = "what you have not read (the daily mail)"


def find_topic(*, token: str) -> str:
    """Return the topic of the link in words; refuses with NOT_FOUND if the link is invalid."""
    _, topic = _read(token)
    return DIGEST_TOPIC_NAME if topic == DIGEST_TOPIC else MAIL_TOPICS[NotificationKind(topic)]


def unsubscribe(*, token: str) -> str:
    """The person gets no more mails about the topic of the link, or no daily mail; returns the topic in words.

    The link is enough, without a login; a repeat changes nothing. Refuses with NOT_FOUND.
    """
    user_id, topic = _read(token)
    if topic == DIGEST_TOPIC:
        change_channels(user_id=user_id, changes={kind: {"digest": False} for kind in NotificationKind})
    else:
        change_channels(user_id=user_id, changes={NotificationKind(topic): {"email": False}})
    return find_topic(token=token)


def resubscribe(*, token: str) -> str:
    """The person gets the link's mails again; returns the topic in words. Refuses with NOT_FOUND."""
    user_id, topic = _read(token)
    changes: Mapping[NotificationKind, Mapping[str, bool]] = (
        {kind: {"digest": DEFAULT_CHANNELS[kind].digest} for kind in NotificationKind}
        if topic == DIGEST_TOPIC
        else {NotificationKind(topic): {"email": True}}
    )
    change_channels(user_id=user_id, changes=changes)
    return find_topic(token=token)


def _read(token: str) -> tuple[int, str]:
    try:
        user_id, topic = read_unsubscribe(token)
    except BadSignature:
        raise NotFound("link") from None
    if not User.objects.filter(pk=user_id).exists():
        raise NotFound("link")
    return user_id, topic
