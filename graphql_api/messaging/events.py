"""The events of a conversation, as the log's rows and the live wake-ups become them."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry import relay

from domains.accounts import models as accounts
from domains.messaging import models, selectors
from graphql_api.accounts.types import User
from graphql_api.messaging.types import Message

SEQUENCE = "Its place in the conversation's log; continue after it."


@strawberry.type(description="Something was said.")
class MessageSent:
    """A new message."""

    sequence: int = strawberry.field(description=SEQUENCE)
    message: Message = strawberry.field(description="What was said, as it is now.")


@strawberry.type(description="A message was changed.")
class MessageEdited:
    """New words for a message."""

    sequence: int = strawberry.field(description=SEQUENCE)
    message: Message = strawberry.field(description="The message, as it is now.")


@strawberry.type(description="A message was taken back.")
class MessageDeleted:
    """A message of which only the place is left."""

    sequence: int = strawberry.field(description=SEQUENCE)
    message_id: relay.GlobalID = strawberry.field(description="The id of the message.")


@strawberry.type(description="Somebody reacted to a message, or took a reaction back.")
class MessageReacted:
    """How often an emoji stands under a message now."""

    sequence: int = strawberry.field(description=SEQUENCE)
    message_id: relay.GlobalID = strawberry.field(description="The id of the message.")
    emoji: str = strawberry.field(description="The reaction.")
    count: int = strawberry.field(description="How many people react with it now.")


@strawberry.type(description="Somebody has read further. Not in the log: it comes live only.")
class ConversationRead:
    """A read receipt."""

    reader: User = strawberry.field(description="Who has read.")
    up_to_sequence: int = strawberry.field(description="The sequence up to which everything is read.")


@strawberry.type(description="Somebody began or stopped typing. Not in the log: it comes live only.")
class ParticipantTyping:
    """A sign that an answer is coming."""

    participant: User = strawberry.field(description="Who types.")
    is_typing: bool = strawberry.field(description="Whether they type now.")


@strawberry.type(description="Somebody joined, left or was removed, or the title was changed.")
class ParticipantsChanged:
    """A change of who takes part."""

    sequence: int = strawberry.field(description=SEQUENCE)
    participants: list[User] = strawberry.field(description="Who takes part now.")


ConversationEvent = Annotated[
    MessageSent
    | MessageEdited
    | MessageDeleted
    | MessageReacted
    | ConversationRead
    | ParticipantTyping
    | ParticipantsChanged,
    strawberry.union("ConversationEvent", description="Something that happened in a conversation."),
]


def read_events(*, viewer: accounts.User | None, conversation_id: int, after_sequence: int, limit: int) -> list[Any]:
    """Return the events after a sequence, in order; none if the viewer does not take part now."""
    rows = selectors.find_events(
        viewer=viewer, conversation_id=conversation_id, after_sequence=after_sequence, limit=limit
    )
    return [_as_event(row) for row in rows]


def _as_event(row: models.ConversationEvent) -> Any:
    return _SHOWN[row.kind](row)


def _changed_people(row: models.ConversationEvent) -> ParticipantsChanged:
    people = selectors.find_people(conversation_id=row.conversation_id)
    return ParticipantsChanged(sequence=row.sequence, participants=people)  # type: ignore[arg-type]


#: One entry for each kind that an act writes.
_SHOWN: dict[str, Any] = {
    models.ConversationEventKind.MESSAGE_SENT: lambda row: MessageSent(sequence=row.sequence, message=row.message),
    models.ConversationEventKind.PARTICIPANTS_CHANGED: _changed_people,
}
