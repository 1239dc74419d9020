"""The events of a conversation, as the log's rows and the live wake-ups become them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

import strawberry
from strawberry import relay
from strawberry.types.nodes import SelectedField
from strawberry_django.optimizer import optimize

from domains.accounts import models as accounts
from domains.messaging import models, selectors
from graphql_api.accounts.types import User
from graphql_api.context import Info
from graphql_api.messaging.types import Message
from graphql_api.relay.loaders import load, load_row

SEQUENCE = "Its place in the conversation's log; continue after it."


@strawberry.type(description="Something was said.")
class MessageSent:
    """A new message."""

    sequence: int = strawberry.field(description=SEQUENCE)
    event: strawberry.Private[models.ConversationEvent]

    @strawberry.field(description="What was said, as it is now.")
    async def message(self, info: Info) -> Message:
        """Read the messages of a whole page at once, with what was selected."""
        message: Message = await _read_message(info, self.event)
        return message


@strawberry.type(description="A message was changed.")
class MessageEdited:
    """New words for a message."""

    sequence: int = strawberry.field(description=SEQUENCE)
    event: strawberry.Private[models.ConversationEvent]

    @strawberry.field(description="The message, as it is now.")
    async def message(self, info: Info) -> Message:
        """Read the messages of a whole page at once, with what was selected."""
        message: Message = await _read_message(info, self.event)
        return message


@strawberry.type(description="A message was taken back.")
class MessageDeleted:
    """A message of which only the place is left."""

    sequence: int = strawberry.field(description=SEQUENCE)
    message_id: relay.GlobalID = strawberry.field(description="The id of the message.")
    event: strawberry.Private[models.ConversationEvent]

    @strawberry.field(description="What is left of the message: its place, without words.")
    async def message(self, info: Info) -> Message:
        """Read the messages of a whole page at once, with what was selected."""
        message: Message = await _read_message(info, self.event)
        return message


@strawberry.type(description="Somebody reacted to a message, or took a reaction back.")
class MessageReacted:
    """How often an emoji stands under a message now."""

    sequence: int = strawberry.field(description=SEQUENCE)
    message_id: relay.GlobalID = strawberry.field(description="The id of the message.")
    emoji: str = strawberry.field(description="The reaction.")
    count: int = strawberry.field(description="How many people reacted with it then.")
    event: strawberry.Private[models.ConversationEvent]

    @strawberry.field(description="The message, as it is now.")
    async def message(self, info: Info) -> Message:
        """Read the messages of a whole page at once, with what was selected."""
        message: Message = await _read_message(info, self.event)
        return message


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
    conversation_id: strawberry.Private[int]
    #: Read with the event already, on the live path.
    people: strawberry.Private[list[Any] | None] = None

    @strawberry.field(description="Who takes part now.")
    async def participants(self, info: Info) -> list[User]:
        """Read those of a whole page, or list of conversations, at once."""
        if self.people is not None:
            return self.people
        people = await load(info, self.conversation_id, partial(_find_people, info))
        return people or []  # type: ignore[return-value]


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


async def load_events(info: Info, *, conversation_id: int, after_sequence: int, limit: int) -> list[Any]:
    """Return the events after a sequence, in order; those of a list of conversations are read at once."""

    def find(keys: Sequence[int]) -> Mapping[int, list[Any]]:
        rows = selectors.find_events(
            viewer=info.context.viewer, conversation_ids=keys, after_sequence=after_sequence, limit=limit
        )
        found: defaultdict[int, list[Any]] = defaultdict(list)
        for row in rows:
            found[row.conversation_id].append(as_event(row))
        return found

    return await load(info, conversation_id, find) or []


def as_event(row: models.ConversationEvent) -> Any:
    """Return the row of the log as the API shows it."""
    return _SHOWN[row.kind](row)


#: One entry for each kind that an act writes.
_SHOWN: dict[str, Any] = {
    models.ConversationEventKind.MESSAGE_SENT: lambda row: MessageSent(sequence=row.sequence, event=row),
    models.ConversationEventKind.MESSAGE_EDITED: lambda row: MessageEdited(sequence=row.sequence, event=row),
    models.ConversationEventKind.MESSAGE_DELETED: lambda row: MessageDeleted(
        sequence=row.sequence, message_id=_message_id(row), event=row
    ),
    models.ConversationEventKind.MESSAGE_REACTED: lambda row: MessageReacted(
        sequence=row.sequence, message_id=_message_id(row), emoji=row.emoji, count=row.count or 0, event=row
    ),
    models.ConversationEventKind.PARTICIPANTS_CHANGED: lambda row: ParticipantsChanged(
        sequence=row.sequence, conversation_id=row.conversation_id
    ),
}


def _message_id(row: models.ConversationEvent) -> relay.GlobalID:
    return relay.GlobalID("Message", str(row.message_id))


async def _read_message(info: Info, event: models.ConversationEvent) -> Any:
    """Return the event's message as it was read with the event, once for all; with its conversation, read it anew.

    A conversation is another for each viewer: how much is unread, what may be written.
    """
    known = models.ConversationEvent.message.is_cached(event)
    if known and not _selects(info.selected_fields, "conversation"):
        return event.message
    return await load_row(info, event.message_id, models.Message.objects.all)


def _selects(selected: Iterable[Any], name: str) -> bool:
    """Tell whether a field is asked for right below the selected ones, by fragments too."""
    return any(
        _selects([one], name) if not isinstance(one, SelectedField) else one.name == name
        for field in selected
        for one in field.selections
    )


def _find_people(info: Info, keys: Sequence[int]) -> Mapping[int, list[accounts.User]]:
    people = optimize(accounts.User.objects.all(), info=info)
    return selectors.find_people(conversation_ids=keys, people=people)
