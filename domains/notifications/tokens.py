"""The key in a mail's unsubscribe link: names the person and the topic, needs no login, and does not expire."""

from __future__ import annotations

from django.conf import settings

from domains.base import keyed_ids
from domains.base.signing import BadSignature, read, sign
from domains.notifications.models import NotificationKind

PURPOSE = "unsubscribe"
#: Topic of the daily mail as a whole, instead of a kind.
DIGEST_TOPIC = "DIGEST"


def unsubscribe_url(*, user_id: int, topic: str) -> str:
    """Return the address that ends the mails about a kind, or the daily mail, for one person."""
    claims = {"sub": keyed_ids.seal("User", user_id), "topic": topic}
    return f"{settings.PUBLIC_URL}/notifications/unsubscribe/{sign(PURPOSE, claims)}"


def read_unsubscribe(token: str) -> tuple[int, str]:
    """Return the user id and the topic of the key; raises BadSignature if the key is invalid."""
    claims = read(PURPOSE, token)
    subject, topic = claims.get("sub"), claims.get("topic")
    # Links in old mails, from before user ids were keyed, hold the row's id.
    user_id = subject if isinstance(subject, int) else keyed_ids.unseal("User", str(subject))
    if not isinstance(user_id, int) or topic not in {*NotificationKind.values, DIGEST_TOPIC}:
        raise BadSignature
    return user_id, str(topic)
