"""Saying something in a conversation."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction

from domains.accounts.models import User
from domains.base import rates
from domains.base.errors import Code, Refused
from domains.base.texts import is_visible
from domains.messaging.models import ConversationEventKind, Message
from domains.messaging.services.append_event import append_event, lock_conversation, refuse_out_of_reach

MAX_LENGTH = 10_000
#: Per sender: thirty messages a second for ten seconds is a program gone wild, not a person.
RATE_LIMIT, RATE_SECONDS = 300, 10


def send_message(*, actor: User, conversation_id: int, content: str, client_id: UUID) -> Message:
    """Put the message at the end of the conversation's log and return it.

    A `client_id` that the actor has used in this conversation gives that first message again, and
    nothing changes. Refuses with REQUIRED, TOO_LONG, NOT_FOUND (the actor takes no part in the
    conversation), CONFLICT (the `client_id` belongs to another conversation), FORBIDDEN (the other is out
    of reach) and RATE_LIMITED.
    """
    content = _checked(content)
    rates.spend(what="send_message", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    try:
        with transaction.atomic():
            return _send(actor, conversation_id, content, client_id)
    except IntegrityError:
        # Two conversations were sent the same client_id at once: one of them has it now.
        if Message.objects.filter(sender=actor, client_id=client_id).exists():
            raise _used_elsewhere() from None
        raise


def _send(actor: User, conversation_id: int, content: str, client_id: UUID) -> Message:
    conversation = lock_conversation(actor=actor, conversation_id=conversation_id)
    first = Message.objects.filter(sender=actor, client_id=client_id).first()
    if first is not None:
        if first.conversation_id != conversation.pk:
            raise _used_elsewhere()
        return first
    refuse_out_of_reach(actor=actor, conversation=conversation)
    message = Message(conversation=conversation, sender=actor, client_id=client_id, content=content)
    append_event(conversation=conversation, kind=ConversationEventKind.MESSAGE_SENT, actor=actor, message=message)
    return message


def _checked(content: str) -> str:
    content = content.strip()
    if not is_visible(content):
        raise Refused.because(Code.REQUIRED, "Write something that can be seen.", "content")
    if len(content) > MAX_LENGTH:
        raise Refused.because(Code.TOO_LONG, f"Write at most {MAX_LENGTH} characters.", "content")
    return content


def _used_elsewhere() -> Refused:
    return Refused.because(
        Code.CONFLICT, "This clientId belongs to a message in another conversation; make a new one.", "client_id"
    )
