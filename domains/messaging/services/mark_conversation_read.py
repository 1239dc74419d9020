"""Marking a conversation as read up to a sequence."""

from __future__ import annotations

from django.db import transaction

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, NotFound, Refused
from domains.messaging import facts, selectors
from domains.messaging.models import Conversation, Participant


def mark_conversation_read(*, actor: User, conversation_id: int, up_to_sequence: int) -> Conversation:
    """Move the actor's read marker forward, at most to the conversation's end; it never goes back.

    Refuses with NOT_FOUND and INVALID.
    """
    with transaction.atomic():
        conversation = selectors.find_conversation(viewer=actor, conversation_id=conversation_id).first()
        if conversation is None:
            raise NotFound("conversation", "conversation_id")
        if up_to_sequence < 0:
            raise Refused.because(Code.INVALID, "Give the sequence of what you have read.", "up_to_sequence")
        read = min(up_to_sequence, conversation.last_sequence)
        moved = Participant.objects.filter(
            conversation=conversation, user=actor, left_at__isnull=True, read_up_to_sequence__lt=read
        ).update(read_up_to_sequence=read)
        if moved:
            bus.publish(
                facts.ConversationRead(conversation_id=conversation.pk, reader_id=actor.pk, up_to_sequence=read)
            )
        return conversation
