"""Conversations: each line of the content is a message with its event, and participants have read markers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from config.demo.community import Community, read_content
from domains.messaging.models import (
    Conversation,
    ConversationEvent,
    ConversationEventKind,
    Message,
    Participant,
)


def load_conversations(community: Community) -> None:
    """Load every conversation of the content, with a log without gaps."""
    contents = read_content("conversations")["conversation"]
    community.conversations = [_make_conversation(community, content) for content in contents]
    Conversation.objects.bulk_create(community.conversations)
    pairs = list(zip(community.conversations, contents, strict=True))
    Participant.objects.bulk_create(
        Participant(
            conversation=conversation,
            user=community.users[who],
            joined_at=conversation.created_at,
            read_up_to_sequence=conversation.last_sequence - content.get("unread", {}).get(who, 0),
        )
        for conversation, content in pairs
        for who in content["people"]
    )
    messages = Message.objects.bulk_create(
        message for conversation, content in pairs for message in _make_messages(community, conversation, content)
    )
    ConversationEvent.objects.bulk_create(
        ConversationEvent(
            conversation=message.conversation,
            sequence=message.sequence,
            kind=ConversationEventKind.MESSAGE_SENT,
            message=message,
            actor=message.sender,
            at=message.sent_at,
        )
        for message in messages
    )


def _make_conversation(community: Community, content: dict[str, Any]) -> Conversation:
    people = [community.users[who] for who in content["people"]]
    last_activity_at = community.now - timedelta(hours=content["hours_ago"])
    length = sum((hours for _, hours, _ in content["lines"]), start=0.0)
    is_group = len(people) > 2  # noqa: PLR2004 - a pair talks directly
    low, high = sorted(user.pk for user in people[:2])
    about = (
        community.find_opportunity(content["about"], content["area"], content.get("nth", 0))
        if "about" in content
        else None
    )
    return Conversation(
        title=content.get("title", ""),
        is_group=is_group,
        direct_key=None if is_group else f"{low}:{high}",
        opportunity=about.opportunity if about else None,
        created_by=community.users[content["lines"][0][0]],
        last_sequence=len(content["lines"]),
        last_activity_at=last_activity_at,
        created_at=last_activity_at - timedelta(hours=length, minutes=2),
    )


def _make_messages(community: Community, conversation: Conversation, content: dict[str, Any]) -> list[Message]:
    at = conversation.created_at + timedelta(minutes=2)
    messages = []
    for sequence, (who, hours, text) in enumerate(content["lines"], start=1):
        at += timedelta(hours=hours)
        messages.append(
            Message(
                conversation=conversation,
                sender=community.users[who],
                sequence=sequence,
                client_id=UUID(int=community.rng.getrandbits(128), version=4),
                content=text,
                sent_at=at,
            )
        )
    return messages
