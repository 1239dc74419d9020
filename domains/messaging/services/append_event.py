"""The log of a conversation: the only place that takes a sequence."""

from __future__ import annotations

from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import NotFound
from domains.messaging import facts
from domains.messaging.models import Conversation, ConversationEvent, ConversationEventKind, Message


def lock_conversation(*, actor: User, conversation_id: int) -> Conversation:
    """Return the conversation, locked until the transaction ends; NOT_FOUND unless the actor takes part now.

    The actor's part is looked at under the lock, so that somebody who was removed a moment ago is out.
    """
    conversation = Conversation.objects.select_for_update().filter(pk=conversation_id).first()
    if conversation is None or not conversation.participations.filter(user=actor, left_at__isnull=True).exists():
        raise NotFound("conversation", "conversation_id")
    return conversation


def append_event(
    *,
    conversation: Conversation,
    kind: ConversationEventKind,
    actor: User,
    message: Message | None = None,
    emoji: str = "",
    count: int | None = None,
) -> ConversationEvent:
    """Write the next row of the log and publish ConversationChanged; a new message is stored with the row's sequence.

    `emoji` and `count` are those of MESSAGE_REACTED. Call it in the transaction that locked the conversation: whoever appends next waits for its end,
    so that sequences have no gaps and become visible in their order.
    """
    at = timezone.now()
    conversation.last_sequence += 1
    if kind is ConversationEventKind.MESSAGE_SENT:
        conversation.last_activity_at = at
    conversation.save(update_fields=["last_sequence", "last_activity_at"])
    if message is not None and message.pk is None:
        message.sequence = conversation.last_sequence
        message.sent_at = at
        message.save(force_insert=True)
    event = ConversationEvent.objects.create(
        conversation=conversation,
        sequence=conversation.last_sequence,
        kind=kind,
        message=message,
        actor=actor,
        emoji=emoji,
        count=count,
        at=at,
    )
    bus.publish(
        facts.ConversationChanged(
            conversation_id=conversation.pk,
            sequence=event.sequence,
            kind=kind.value,
            actor_id=actor.pk,
            message_id=message.pk if message else None,
        )
    )
    return event
