"""Taking down a message that harms others."""

from __future__ import annotations

from django.db import transaction

from domains.accounts.models import User
from domains.base.errors import NotFound
from domains.messaging.models import Conversation, Message
from domains.messaging.services.delete_message import empty_message


@transaction.atomic
def take_down_message(*, actor: User, message_id: int) -> Message:
    """The message is deleted, as if by its sender; the participants see that at once.

    A system act: the caller checks that the actor may do it. Repeating it changes nothing. Refuses with NOT_FOUND.
    """
    with_message = Conversation.objects.filter(messages=message_id)
    conversation = Conversation.objects.select_for_update().filter(pk__in=with_message.values("pk")).first()
    if conversation is None:
        raise NotFound("message", "message_id")
    message = conversation.messages.get(pk=message_id)
    message.conversation = conversation
    empty_message(message, actor=actor)
    return message
