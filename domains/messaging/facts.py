"""What can have happened to conversations."""

from dataclasses import dataclass

from domains.base.bus import Fact


@dataclass(frozen=True)
class ConversationStarted(Fact):
    """Somebody began a conversation; nothing is said in it yet."""

    conversation_id: int


@dataclass(frozen=True)
class ConversationChanged(Fact):
    """The log of a conversation has a new row: something was said, or who takes part has changed."""

    conversation_id: int
    sequence: int


@dataclass(frozen=True)
class ConversationRead(Fact):
    """Somebody has read a conversation further than before."""

    conversation_id: int
    reader_id: int
    up_to_sequence: int
