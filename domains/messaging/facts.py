"""Facts about conversations."""

from dataclasses import dataclass

from domains.base.bus import Fact


@dataclass(frozen=True)
class ConversationStarted(Fact):
    """Somebody started a conversation; it has no messages yet."""

    conversation_id: int


@dataclass(frozen=True)
class ConversationChanged(Fact):
    """The log of a conversation has a new row; there is one such fact per row, whatever the row is about.

    `kind` is the row's ConversationEventKind: with MESSAGE_SENT the actor sent the message; with PARTICIPANTS_CHANGED
    there is no message, and ParticipantsAdded or ParticipantsLeft is published beside it.
    """

    conversation_id: int
    sequence: int
    kind: str = ""
    actor_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True)
class ParticipantsAdded(Fact):
    """Somebody added people to a conversation, or came back themselves; the log's row has a fact of its own."""

    conversation_id: int
    user_ids: list[int]
    actor_id: int


@dataclass(frozen=True)
class ParticipantsLeft(Fact):
    """People are no longer participants: they left, were removed, or their account was erased (by nobody)."""

    conversation_id: int
    user_ids: list[int]
    actor_id: int | None = None


@dataclass(frozen=True)
class ParticipantTyping(Fact):
    """Somebody began or stopped typing; it is sent by `bus.tell`, never published."""

    conversation_id: int
    participant_id: int
    is_typing: bool


@dataclass(frozen=True)
class ConversationRead(Fact):
    """Somebody has read a conversation further than before."""

    conversation_id: int
    reader_id: int
    up_to_sequence: int
