"""Taking down what somebody said, because it harms others."""

from __future__ import annotations

from django.db import transaction

from domains.accounts.models import User
from domains.base.errors import NotFound
from domains.messaging.models import Conversation, Message
from domains.messaging.services.delete_message import leave_the_place


@transaction.atomic
def take_down_message(*, actor: User, message_id: int) -> Message:
    """Only the message's place is left, as if its sender had deleted it; whoever took part sees it go at once.

    A system act: whoever calls it has decided that the actor may. Twice changes nothing more. Refuses with NOT_FOUND.
    """
    holds_it = Conversation.objects.filter(messages=message_id)
    conversation = Conversation.objects.select_for_update().filter(pk__in=holds_it.values("pk")).first()
    if conversation is None:
        raise NotFound("message", "message_id")
    message = conversation.messages.get(pk=message_id)
    message.conversation = conversation
    leave_the_place(message, actor=actor)
    return message
