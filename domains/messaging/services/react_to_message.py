"""Reacting to a message with an emoji."""

from __future__ import annotations

import emoji as emojis
from django.db import transaction

from domains.accounts.models import User
from domains.base import rates
from domains.base.errors import Code, Refused
from domains.messaging.errors import MessagingCode
from domains.messaging.models import ConversationEventKind, Message, Reaction
from domains.messaging.services.append_event import append_event
from domains.messaging.services.locks import lock_message

#: How many different emoji a message can have.
MAX_EMOJI = 20
#: Code points; the longest is a family of four, or a flag of a part of a country.
MAX_EMOJI_LENGTH = 40
RATE_LIMIT, RATE_SECONDS = 120, 60


def react_to_message(*, actor: User, message_id: int, emoji: str, remove: bool = False) -> Message:
    """The actor's emoji is added to the message, once, or removed; repeating the call changes nothing.

    Refuses with RATE_LIMITED, INVALID (not exactly one emoji), NOT_FOUND (the actor is no participant),
    FORBIDDEN (out of reach), CONFLICT (the message is deleted) and FULL (20 different emoji).
    """
    chosen = _clean_emoji(emoji)
    rates.spend(what="react_to_message", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    with transaction.atomic():
        message = lock_message(actor=actor, message_id=message_id, to_write=not remove)
        if message.deleted_at:
            raise Refused.because(Code.CONFLICT, "This message was deleted.", "message_id")
        has_changed = _remove(message, actor, chosen) if remove else _add(message, actor, chosen)
        if has_changed:
            append_event(
                conversation=message.conversation,
                kind=ConversationEventKind.MESSAGE_REACTED,
                actor=actor,
                message=message,
                emoji=chosen,
                count=message.reactions.filter(emoji=chosen).count(),
            )
        return message


def _clean_emoji(text: str) -> str:
    """Return the emoji in its full form: ❤ and ❤️ are one."""
    text = text.strip()
    full = emojis.emojize(emojis.demojize(text)) if emojis.is_emoji(text) else ""
    if not emojis.is_emoji(full) or len(full) > MAX_EMOJI_LENGTH:
        raise Refused.because(Code.INVALID, "React with exactly one emoji.", "emoji")
    return full


def _remove(message: Message, actor: User, emoji: str) -> bool:
    deleted, _ = message.reactions.filter(user=actor, emoji=emoji).delete()
    return deleted > 0


def _add(message: Message, actor: User, emoji: str) -> bool:
    used = dict.fromkeys(message.reactions.values_list("emoji", flat=True).distinct())
    if emoji not in used and len(used) >= MAX_EMOJI:
        sentence = f"There are {MAX_EMOJI} different emoji under this message already; take one of those."
        raise Refused.because(MessagingCode.FULL, sentence, "emoji")
    _, is_new = Reaction.objects.get_or_create(message=message, user=actor, emoji=emoji)
    return is_new
