"""What becomes of conversations when the account of a participant is erased."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from domains.base import bus
from domains.base.personal_data import ErasedPerson
from domains.messaging import facts
from domains.messaging.models import (
    Conversation,
    ConversationEvent,
    ConversationEventKind,
    Message,
    MessageAttachment,
    Participant,
    Reaction,
)
from domains.messaging.services.append_event import append_events
from domains.messaging.services.remove_attachments import remove_attachments

#: Rows of one transaction: others write to the conversation in between.
BATCH_SIZE = 500
Kind = ConversationEventKind


def erase_messages(person: ErasedPerson) -> None:
    """The person's messages are deleted, as if by their sender, their reactions and files are removed, and they left.

    What others wrote stays. Subscribers see each change. A system act, in transactions of its own; raises Unfinished
    when it is time to stop.
    """
    user_id = person.user_id
    theirs = Q(pk__in=Message.objects.filter(sender=user_id, deleted_at__isnull=True).values("conversation"))
    theirs |= Q(pk__in=Reaction.objects.filter(user=user_id).values("message__conversation"))
    theirs |= Q(pk__in=Participant.objects.filter(user=user_id, left_at__isnull=True).values("conversation"))
    theirs |= Q(pk__in=MessageAttachment.objects.filter(uploader=user_id).values("conversation"))
    for conversation_id in list(Conversation.objects.filter(theirs).order_by("pk").values_list("pk", flat=True)):
        for step in (_empty_messages, _remove_reactions, _leave):
            while _step(step, conversation_id, user_id):
                person.pause()
        # Only here and above, where something was done: each attempt gets on, however short it is.
        person.pause()


def remove_empty_conversations(person: ErasedPerson) -> None:
    """Conversations of the person that nobody is left in are removed, and others do not name the person.

    A system act, in the transaction in which the person's rows go.
    """
    theirs = Conversation.objects.filter(participations__user=person.user_id)
    nobody = ~Exists(Participant.objects.filter(conversation=OuterRef("pk"), left_at__isnull=True))
    for conversation in theirs.filter(nobody):
        remove_attachments(conversation.attachments.all())
        conversation.delete()
    for conversation in theirs.filter(direct_key__isnull=False):
        (other_id,) = (key for key in map(int, str(conversation.direct_key).split(":")) if key != person.user_id)
        conversation.direct_key = f"-{conversation.pk}:{other_id}"
        conversation.save(update_fields=["direct_key"])


def _step(step: Callable[[Conversation, int], bool], conversation_id: int, user_id: int) -> bool:
    """Take one step of the conversation under its lock; return whether there may be more of them."""
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update().filter(pk=conversation_id).first()
        return conversation is not None and step(conversation, user_id)


def _empty_messages(conversation: Conversation, user_id: int) -> bool:
    sent = conversation.messages.filter(sender=user_id, deleted_at__isnull=True).order_by("sequence")
    messages = list(sent[:BATCH_SIZE])
    keys = [message.pk for message in messages]
    Reaction.objects.filter(message__in=keys).delete()
    remove_attachments(MessageAttachment.objects.filter(conversation=conversation, uploader=user_id))
    Message.objects.filter(pk__in=keys).update(content="", deleted_at=timezone.now())
    append_events(conversation, [ConversationEvent(kind=Kind.MESSAGE_DELETED, message=message) for message in messages])
    return len(messages) == BATCH_SIZE


def _remove_reactions(conversation: Conversation, user_id: int) -> bool:
    reactions = Reaction.objects.filter(message__conversation=conversation, user=user_id).order_by("pk")
    removed = list(reactions.select_related("message")[:BATCH_SIZE])
    messages = {reaction.message_id: reaction.message for reaction in removed}
    Reaction.objects.filter(pk__in=[reaction.pk for reaction in removed]).delete()
    others = Reaction.objects.filter(message__in=messages).values_list("message", "emoji").annotate(Count("pk"))
    left = Counter({(message_id, emoji): number for message_id, emoji, number in others})
    append_events(
        conversation,
        [
            ConversationEvent(kind=Kind.MESSAGE_REACTED, message=messages[key], emoji=emoji, count=left[key, emoji])
            for key, emoji in dict.fromkeys((reaction.message_id, reaction.emoji) for reaction in removed)
        ],
    )
    return len(removed) == BATCH_SIZE


def _leave(conversation: Conversation, user_id: int) -> bool:
    present = conversation.participations.filter(user=user_id, left_at__isnull=True)
    if present.update(left_at=timezone.now()):
        append_events(conversation, [ConversationEvent(kind=Kind.PARTICIPANTS_CHANGED)])
        bus.publish(facts.ParticipantsLeft(conversation_id=conversation.pk, user_ids=[user_id]))
    return False
