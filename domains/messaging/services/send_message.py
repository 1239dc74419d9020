"""Sending a message to a conversation."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction

from domains.accounts.models import User
from domains.base import rates
from domains.base.errors import Code, NotFound, Refused
from domains.messaging.errors import MessagingCode
from domains.messaging.models import Conversation, ConversationEventKind, Message, MessageAttachment
from domains.messaging.services.append_event import append_event
from domains.messaging.services.locks import get_access, lock_conversation, refuse_unreachable
from domains.messaging.services.wording import clean_content

MAX_FILES = 10
#: Per sender. Only a faulty program sends thirty messages a second for ten seconds.
RATE_LIMIT, RATE_SECONDS = 300, 10


def send_message(
    *, actor: User, conversation_id: int, content: str, client_id: UUID, attachment_ids: Collection[int] = ()
) -> Message:
    """Append the message, with the actor's files for it, to the conversation's log and return it.

    If the actor has used the `client_id` in this conversation before, that first message is returned and
    nothing changes. Refuses with REQUIRED (no text and no files), TOO_LONG, NOT_FOUND (the actor is no participant,
    or a file is not one of the actor's unsent files for this conversation), CONFLICT (the `client_id` belongs
    to another conversation), FORBIDDEN (the other person is out of reach), CLOSED (the other person of a direct
    conversation has left) and RATE_LIMITED.
    """
    files = set(attachment_ids)
    if len(files) > MAX_FILES:
        raise Refused.because(Code.TOO_LONG, f"A message brings at most {MAX_FILES} files.", "attachment_ids")
    content = clean_content(content, has_files=bool(files))
    rates.spend(what="send_message", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    try:
        with transaction.atomic():
            return _send(actor, conversation_id, content, client_id, files)
    except IntegrityError:
        # The same client_id was sent to two conversations at once, and the other one has it now.
        if Message.objects.filter(sender=actor, client_id=client_id).exists():
            raise _used_elsewhere() from None
        raise


def _send(actor: User, conversation_id: int, content: str, client_id: UUID, files: set[int]) -> Message:
    conversation = lock_conversation(actor=actor, conversation_id=conversation_id)
    first = Message.objects.filter(sender=actor, client_id=client_id).first()
    if first is not None:
        if first.conversation_id != conversation.pk:
            raise _used_elsewhere()
        return first
    refuse_unreachable(actor=actor, conversation=conversation)
    _refuse_if_other_left(actor, conversation)
    attachments = _lock_files(actor, conversation, files)
    message = Message(conversation=conversation, sender=actor, client_id=client_id, content=content)
    append_event(conversation=conversation, kind=ConversationEventKind.MESSAGE_SENT, actor=actor, message=message)
    if attachments:
        MessageAttachment.objects.filter(pk__in=files).update(message=message)
    return message


def _refuse_if_other_left(actor: User, conversation: Conversation) -> None:
    if get_access(conversation, actor=actor).has_other_left:
        sentence = "The other person has left this conversation. You can write again once they come back to it."
        raise Refused.because(MessagingCode.CLOSED, sentence, "conversation_id")


def _lock_files(actor: User, conversation: Conversation, keys: set[int]) -> list[MessageAttachment]:
    """Return the files, locked, so that the removal of unsent files waits and then finds them sent."""
    if not keys:
        return []
    unsent = MessageAttachment.objects.filter(conversation=conversation, uploader=actor, message__isnull=True)
    rows = list(unsent.filter(pk__in=keys).select_for_update().order_by("pk"))
    if len(rows) != len(keys):
        raise NotFound("file of yours that was not sent yet", "attachment_ids")
    return rows


def _used_elsewhere() -> Refused:
    return Refused.because(
        Code.CONFLICT, "This clientId belongs to a message in another conversation; make a new one.", "client_id"
    )
