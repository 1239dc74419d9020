"""What is held about people's messages, for exports and for erasures."""

from __future__ import annotations

from domains.base.personal_data import PersonalRows, erases, prepares_erasure, register
from domains.messaging.models import (
    Conversation,
    ConversationEvent,
    Message,
    MessageAttachment,
    Participant,
    Reaction,
)
from domains.messaging.services import erase_messages, remove_empty_conversations

register(
    PersonalRows(
        Participant,
        "user",
        "conversations",
        ("conversation", "conversation__title", "conversation__is_group", "joined_at", "left_at"),
    ),
    PersonalRows(Conversation, "created_by", "started_conversations", ("pk", "title", "is_group", "created_at")),
    PersonalRows(Message, "sender", "messages", ("conversation", "sent_at", "edited_at", "deleted_at", "content")),
    PersonalRows(Reaction, "user", "reactions", ("message__conversation", "emoji", "at")),
    PersonalRows(
        MessageAttachment,
        "uploader",
        "attachments",
        ("pk", "conversation", "filename", "content_type", "size", "created_at"),
        files=("file",),
        file_name="filename",
    ),
    PersonalRows(ConversationEvent, "actor", reason="It repeats what your messages and reactions say."),
)

prepares_erasure(erase_messages)
erases(remove_empty_conversations)
