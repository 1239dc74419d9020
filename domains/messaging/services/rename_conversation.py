"""Renaming a group."""

from __future__ import annotations

from django.db import transaction

from domains.accounts.models import User
from domains.base import rates
from domains.messaging.models import Conversation, ConversationEventKind
from domains.messaging.services.append_event import append_event
from domains.messaging.services.locks import lock_group
from domains.messaging.services.wording import clean_title

RATE_LIMIT, RATE_SECONDS = 30, 600


def rename_conversation(*, actor: User, conversation_id: int, title: str) -> Conversation:
    """The group has this title, or none if it is empty; repeating the title changes nothing.

    Refuses with TOO_LONG, INVALID (no group, or a title with invisible or text-reversing characters), RATE_LIMITED
    and NOT_FOUND.
    """
    title = clean_title(title)
    rates.spend(what="rename_conversation", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    with transaction.atomic():
        conversation = lock_group(actor=actor, conversation_id=conversation_id)
        if conversation.title != title:
            conversation.title = title
            conversation.save(update_fields=["title"])
            append_event(conversation=conversation, kind=ConversationEventKind.PARTICIPANTS_CHANGED, actor=actor)
        return conversation
