"""Going."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.messaging import facts
from domains.messaging.models import Conversation, ConversationEventKind
from domains.messaging.services.append_event import append_event, lock_conversation


@transaction.atomic
def leave_conversation(*, actor: User, conversation_id: int) -> Conversation:
    """The actor takes part no longer, and sees nothing of it from now on.

    Who left a direct conversation comes back by beginning it again; into a group one is brought back by others.
    Refuses with NOT_FOUND.
    """
    conversation = lock_conversation(actor=actor, conversation_id=conversation_id)
    conversation.participations.filter(user=actor).update(left_at=timezone.now())
    append_event(conversation=conversation, kind=ConversationEventKind.PARTICIPANTS_CHANGED, actor=actor)
    bus.publish(facts.ParticipantsLeft(conversation_id=conversation.pk, user_ids=[actor.pk], actor_id=actor.pk))
    return conversation
