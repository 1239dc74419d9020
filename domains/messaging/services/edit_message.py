"""Editing a message, by its sender."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import rates
from domains.base.errors import Code, NotAllowed, Refused
from domains.messaging.errors import MessagingCode
from domains.messaging.models import ConversationEventKind, Message
from domains.messaging.policies import EDIT_WINDOW
from domains.messaging.services.append_event import append_event
from domains.messaging.services.locks import lock_message
from domains.messaging.services.wording import clean_content

RATE_LIMIT, RATE_SECONDS = 60, 60


def edit_message(*, actor: User, message_id: int, content: str) -> Message:
    """The message has this text and is marked as edited; the same text again changes nothing.

    Refuses with RATE_LIMITED, NOT_FOUND (the actor is no participant), FORBIDDEN (another person's message, or out of
    reach), CONFLICT (deleted), REQUIRED, TOO_LONG and EXPIRED.
    """
    rates.spend(what="edit_message", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    with transaction.atomic():
        message = lock_message(actor=actor, message_id=message_id, to_write=True)
        if message.sender_id != actor.pk:
            raise NotAllowed("Only who said it may change it.")
        if message.deleted_at:
            raise Refused.because(Code.CONFLICT, "This message was deleted.", "message_id")
        content = clean_content(content, has_files=message.attachments.exists())
        if content == message.content:
            return message
        now = timezone.now()
        if now - message.sent_at > EDIT_WINDOW:
            minutes = int(EDIT_WINDOW.total_seconds() // 60)
            sentence = f"A message can be changed for {minutes} minutes; say it anew, or delete this one."
            raise Refused.because(MessagingCode.EXPIRED, sentence, "message_id")
        message.content, message.edited_at = content, now
        message.save(update_fields=["content", "edited_at"])
        append_event(
            conversation=message.conversation,
            kind=ConversationEventKind.MESSAGE_EDITED,
            actor=actor,
            message=message,
        )
        return message
