"""The log of a conversation: the only place that takes a sequence."""

from __future__ import annotations

from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, NotFound, Refused
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


def lock_group(*, actor: User, conversation_id: int) -> Conversation:
    """Return the group, locked until the transaction ends; NOT_FOUND, or INVALID for a direct conversation."""
    conversation = lock_conversation(actor=actor, conversation_id=conversation_id)
    if not conversation.is_group:
        sentence = "A direct conversation stays between its two people; begin a group."
        raise Refused.because(Code.INVALID, sentence, "conversation_id")
    return conversation


def lock_message(*, actor: User, message_id: int) -> Message:
    """Return the message as it is under its conversation's lock; NOT_FOUND unless the actor takes part now."""
    conversation_id = Message.objects.filter(pk=message_id).values_list("conversation", flat=True).first()
    try:
        conversation = lock_conversation(actor=actor, conversation_id=conversation_id or 0)
    except NotFound:
        raise NotFound("message", "message_id") from None
    message = conversation.messages.get(pk=message_id)
    message.conversation = conversation
    return message


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

    Call it in the transaction that locked the conversation: whoever appends next waits for its end,
    so that sequences have no gaps and become visible in their order. MESSAGE_REACTED has an emoji and its count.
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
    bus.publish(_fact_of(event))
    return event


def _fact_of(event: ConversationEvent) -> facts.ConversationChanged:
    return facts.ConversationChanged(
        conversation_id=event.conversation_id,
        sequence=event.sequence,
        kind=event.kind.value,
        actor_id=event.actor_id,
        message_id=event.message_id,
    )
