"""Deleting a message, by its sender."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import rates
from domains.base.errors import NotAllowed
from domains.messaging.models import ConversationEventKind, Message
from domains.messaging.services.append_event import append_event
from domains.messaging.services.locks import lock_message
from domains.messaging.services.remove_attachments import remove_attachments

RATE_LIMIT, RATE_SECONDS = 120, 60


def delete_message(*, actor: User, message_id: int) -> Message:
    """The message is deleted: its row stays, without text, files and reactions; deleting it again changes nothing.

    Refuses with RATE_LIMITED, NOT_FOUND (the actor is no participant) and FORBIDDEN (another person's message).
    """
    rates.spend(what="delete_message", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    with transaction.atomic():
        message = lock_message(actor=actor, message_id=message_id)
        if message.sender_id != actor.pk:
            raise NotAllowed("Only who said it may take it back.")
        empty_message(message, actor=actor)
        return message


def empty_message(message: Message, *, actor: User) -> None:
    """Empty the message, keep its row, and add the deletion to the log; its conversation must be locked."""
    if message.deleted_at:
        return
    message.content, message.deleted_at = "", timezone.now()
    message.save(update_fields=["content", "deleted_at"])
    message.reactions.all().delete()
    remove_attachments(message.attachments.all())
    append_event(
        conversation=message.conversation,
        kind=ConversationEventKind.MESSAGE_DELETED,
        actor=actor,
        message=message,
    )
