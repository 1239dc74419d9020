"""Showing the other participants that somebody is typing."""

from __future__ import annotations

import logging

from django.core.cache import cache

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import NotFound
from domains.messaging import facts, selectors
from domains.messaging.services.locks import refuse_unreachable

logger = logging.getLogger(__name__)

#: Minimum seconds between two notices of one person in one conversation.
MIN_INTERVAL_SECONDS = 2


def set_typing(*, actor: User, conversation_id: int, is_typing: bool) -> bool:
    """Tell the conversation's current subscribers, at most once in 2 seconds; nothing is stored.

    A call that comes sooner gets the same answer, but no subscriber is told. Refuses with NOT_FOUND and FORBIDDEN
    (out of reach).
    """
    conversation = selectors.find_conversation(viewer=actor, conversation_id=conversation_id).first()
    if conversation is None:
        raise NotFound("conversation", "conversation_id")
    refuse_unreachable(actor=actor, conversation=conversation)
    if _is_due(actor, conversation_id):
        bus.deliver_now(
            facts.ParticipantTyping(conversation_id=conversation_id, participant_id=actor.pk, is_typing=is_typing)
        )
    return is_typing


def _is_due(actor: User, conversation_id: int) -> bool:
    try:
        return bool(cache.add(f"typing:{conversation_id}:{actor.pk}", 1, MIN_INTERVAL_SECONDS))
    except Exception as error:  # noqa: BLE001 # whatever the shared cache fails with
        logger.warning("the shared cache is down, nobody learns who types: %r", error)
        return False
