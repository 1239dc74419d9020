"""Removing a participant from a group."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus, rates
from domains.base.errors import Code, NotAllowed, NotFound, Refused
from domains.messaging import facts
from domains.messaging.models import Conversation, ConversationEventKind
from domains.messaging.policies import can_remove_participants
from domains.messaging.services.append_event import append_event
from domains.messaging.services.locks import lock_group

RATE_LIMIT, RATE_SECONDS = 60, 600


def remove_participant(*, actor: User, conversation_id: int, user_id: int) -> Conversation:
    """The person is no longer a participant and sees nothing of the group; if they had left already, nothing changes.

    Refuses with RATE_LIMITED, NOT_FOUND (the group; or the person never was a participant), INVALID (no group, or
    the actor themselves) and FORBIDDEN (the actor does not manage the group).
    """
    rates.spend(what="remove_participant", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    with transaction.atomic():
        conversation = lock_group(actor=actor, conversation_id=conversation_id)
        if user_id == actor.pk:
            raise Refused.because(Code.INVALID, "To remove yourself, leave the conversation.", "user_id")
        if not can_remove_participants(actor, conversation):
            raise NotAllowed(
                "Only the creator of the group, or its longest participant once they left, may remove people."
            )
        part = conversation.participations.filter(user=user_id).first()
        if part is None:
            raise NotFound("person", "user_id")
        if part.left_at is None:
            part.left_at = timezone.now()
            part.save(update_fields=["left_at"])
            append_event(conversation=conversation, kind=ConversationEventKind.PARTICIPANTS_CHANGED, actor=actor)
            bus.publish(facts.ParticipantsLeft(conversation_id=conversation.pk, user_ids=[user_id], actor_id=actor.pk))
        return conversation
