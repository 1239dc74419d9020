"""Leaving a conversation."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.messaging import facts
from domains.messaging.models import Conversation, ConversationEventKind
from domains.messaging.services.append_event import append_event
from domains.messaging.services.locks import lock_conversation


@transaction.atomic
def leave_conversation(*, actor: User, conversation_id: int) -> Conversation:
    """The actor is no longer a participant, and sees nothing of the conversation.

    The actor can return to a direct conversation by starting it again; other participants can add the actor to a
    group again. Refuses with NOT_FOUND.
    """
    conversation = lock_conversation(actor=actor, conversation_id=conversation_id)
    conversation.participations.filter(user=actor).update(left_at=timezone.now())
    append_event(conversation=conversation, kind=ConversationEventKind.PARTICIPANTS_CHANGED, actor=actor)
    bus.publish(facts.ParticipantsLeft(conversation_id=conversation.pk, user_ids=[actor.pk], actor_id=actor.pk))
    return conversation
