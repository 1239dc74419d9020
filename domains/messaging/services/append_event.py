"""The log of a conversation; sequences are assigned here only."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.messaging import facts
from domains.messaging.models import Conversation, ConversationEvent, ConversationEventKind, Message


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

    Call it in the transaction that locked the conversation: the next append waits until it ends,
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


def append_events(conversation: Conversation, events: Sequence[ConversationEvent]) -> None:
    """Write these rows of the log, in their order, and publish the last one, from which subscribers read on.

    None of them is a new message. Call it in the transaction that locked the conversation.
    """
    if not events:
        return
    at = timezone.now()
    for sequence, event in enumerate(events, start=conversation.last_sequence + 1):
        event.conversation, event.sequence, event.at = conversation, sequence, at
    conversation.last_sequence += len(events)
    conversation.save(update_fields=["last_sequence"])
    ConversationEvent.objects.bulk_create(events)
    bus.publish(_fact_of(events[-1]))


def _fact_of(event: ConversationEvent) -> facts.ConversationChanged:
    return facts.ConversationChanged(
        conversation_id=event.conversation_id,
        sequence=event.sequence,
        kind=event.kind.value,
        actor_id=event.actor_id,
        message_id=event.message_id,
    )
