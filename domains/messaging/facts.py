"""What can have happened to conversations."""

from dataclasses import dataclass

from domains.base.bus import Fact


@dataclass(frozen=True)
class ConversationStarted(Fact):
    """Somebody began a conversation; nothing is said in it yet."""

    conversation_id: int


@dataclass(frozen=True)
class ConversationChanged(Fact):
    """The log of a conversation has a new row; there is one such fact per row, whatever the row is about.

    `kind` is the row's ConversationEventKind: with MESSAGE_SENT somebody, the actor, said something new, which is
    the message; with PARTICIPANTS_CHANGED there is none. Who joined and who left are facts of their own beside it.
    """

    conversation_id: int
    sequence: int
    kind: str = ""
    actor_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True)
class ParticipantsAdded(Fact):
    """Somebody brought people into a conversation, or came back themselves; the log's row is told by itself."""

    conversation_id: int
    user_ids: list[int]
    actor_id: int


@dataclass(frozen=True)
class ParticipantsLeft(Fact):
    """People take part no longer: they left, or were removed."""

    conversation_id: int
    user_ids: list[int]
    actor_id: int


@dataclass(frozen=True)
class ParticipantTyping(Fact):
    """Somebody began or stopped typing; it is told, never published."""

    conversation_id: int
    participant_id: int
    is_typing: bool


@dataclass(frozen=True)
class ConversationRead(Fact):
    """Somebody has read a conversation further than before."""

    conversation_id: int
    reader_id: int
    up_to_sequence: int
