"""The key in a mail's unsubscribe link: who gets no more mails about what. It needs no login, and does not expire."""

from __future__ import annotations

from django.conf import settings

from domains.base.signing import BadSignature, read, sign
from domains.notifications.models import NotificationKind

PURPOSE = "unsubscribe"
#: In the place of a kind: the daily mail as a whole.
DIGEST = "DIGEST"


def unsubscribe_url(*, user_id: int, topic: str) -> str:
    """Return the address that ends the mails about a kind, or the daily mail, for one person."""
    return f"{settings.PUBLIC_URL}/notifications/unsubscribe/{sign(PURPOSE, {'sub': user_id, 'topic': topic})}"


def read_unsubscribe(token: str) -> tuple[int, str]:
    """Return whose mails about what are meant; raises BadSignature for what is no such key."""
    claims = read(PURPOSE, token)
    user_id, topic = claims.get("sub"), claims.get("topic")
    if not isinstance(user_id, int) or topic not in {*NotificationKind.values, DIGEST}:
        raise BadSignature
    return user_id, str(topic)
