"""Finding and locking the conversation that a service changes, and refusing who may not write to it."""

from __future__ import annotations

from domains.accounts.models import Block, User
from domains.base.errors import Code, NotAllowed, NotFound, Refused
from domains.base.locks import HoldShared
from domains.messaging import policies
from domains.messaging.models import Conversation, Message

#: The attribute of a conversation that `lock_conversation` fills.
ACCESS_ATTRIBUTE = "access_of_actor"


def lock_conversation(*, actor: User, conversation_id: int, to_write: bool = False) -> Conversation:
    """Return the conversation, locked until the transaction ends; NOT_FOUND unless the actor is a participant now.

    The actor's participation is read under the lock, so that a person who has just been removed is refused. A direct
    conversation also shares the lock of its pair: `block_user` waits until the write is committed.
    With `to_write` it refuses as `refuse_unreachable` does.
    """
    rows = Conversation.objects.select_for_update().annotate(_held=HoldShared("direct_key", what=Block.PAIR_LOCK))
    conversation = rows.filter(pk=conversation_id).first()
    if conversation is None:
        raise NotFound("conversation", "conversation_id")
    access = policies.find_access(actor=actor, conversation=conversation)
    if not access.is_participant:
        raise NotFound("conversation", "conversation_id")
    setattr(conversation, ACCESS_ATTRIBUTE, access)
    if to_write:
        refuse_unreachable(actor=actor, conversation=conversation)
    return conversation


def lock_group(*, actor: User, conversation_id: int) -> Conversation:
    """Return the group, locked until the transaction ends; NOT_FOUND, or INVALID for a direct conversation."""
    conversation = lock_conversation(actor=actor, conversation_id=conversation_id)
    if not conversation.is_group:
        sentence = "A direct conversation stays between its two people; begin a group."
        raise Refused.because(Code.INVALID, sentence, "conversation_id")
    return conversation


def lock_message(*, actor: User, message_id: int, to_write: bool = False) -> Message:
    """Return the message, read under its conversation's lock; NOT_FOUND unless the actor is a participant now.

    With `to_write` it refuses as `refuse_unreachable` does.
    """
    conversation_id = Message.objects.filter(pk=message_id).values_list("conversation", flat=True).first()
    try:
        conversation = lock_conversation(actor=actor, conversation_id=conversation_id or 0, to_write=to_write)
    except NotFound:
        raise NotFound("message", "message_id") from None
    message = conversation.messages.get(pk=message_id)
    message.conversation = conversation
    return message


def refuse_unreachable(*, actor: User, conversation: Conversation) -> None:
    """Refuse with FORBIDDEN if a block, or the rule for minors, keeps the actor from writing to the other person.

    Call it before anything is written, with what `lock_conversation` has returned; groups are never refused.
    """
    if sentence := policies.reason_unreachable(get_access(conversation, actor=actor)):
        raise NotAllowed(sentence)


def get_access(conversation: Conversation, *, actor: User) -> policies.ConversationAccess:
    """Return the actor's access as `lock_conversation` found it, or as it is now."""
    known: policies.ConversationAccess | None = getattr(conversation, ACCESS_ATTRIBUTE, None)
    return known or policies.find_access(actor=actor, conversation=conversation)
