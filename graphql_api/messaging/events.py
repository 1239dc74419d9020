"""GraphQL types of conversation events, made from rows of the log and from live wake-ups."""

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
from graphql_api.relay.later import later
from graphql_api.relay.loaders import load, load_row

SEQUENCE = "Sequence of the event in the conversation's log. Pass the last one as `afterSequence` to continue."
MESSAGE = (
    "Current state of the message. It may be newer than the event: after a reconnection, the message may already be "
    "edited or deleted."
)


@strawberry.type(description="A message was sent.")
class MessageSent:
    """A new message."""

    sequence: int = strawberry.field(description=SEQUENCE)
    event: strawberry.Private[models.ConversationEvent]

    @strawberry.field(graphql_type=later("Message", "graphql_api.messaging.types"), description=MESSAGE)
    async def message(self, info: Info) -> models.Message:
        """Read the messages of a whole page at once, with the selected fields."""
        message: models.Message = await _read_message(info, self.event)
        return message


@strawberry.type(description="A message was edited.")
class MessageEdited:
    """A message with a new text."""

    sequence: int = strawberry.field(description=SEQUENCE)
    event: strawberry.Private[models.ConversationEvent]

    @strawberry.field(graphql_type=later("Message", "graphql_api.messaging.types"), description=MESSAGE)
    async def message(self, info: Info) -> models.Message:
        """Read the messages of a whole page at once, with the selected fields."""
        message: models.Message = await _read_message(info, self.event)
        return message


@strawberry.type(description="A message was deleted.")
class MessageDeleted:
    """A deleted message; only its place in the log is left."""

    sequence: int = strawberry.field(description=SEQUENCE)
    message_id: relay.GlobalID = strawberry.field(description="ID of the message.")
    event: strawberry.Private[models.ConversationEvent]

    @strawberry.field(
        graphql_type=later("Message", "graphql_api.messaging.types"),
        description="The deleted message: it has no text, files or reactions any more.",
    )
    async def message(self, info: Info) -> models.Message:
        """Read the messages of a whole page at once, with the selected fields."""
        message: models.Message = await _read_message(info, self.event)
        return message


@strawberry.type(description="A user added or removed a reaction to a message.")
class MessageReacted:
    """The new count of one emoji of a message."""

    sequence: int = strawberry.field(description=SEQUENCE)
    message_id: relay.GlobalID = strawberry.field(description="ID of the message.")
    emoji: str = strawberry.field(description="Emoji of the reaction.")
    count: int = strawberry.field(description="Number of users with this reaction right after the event; 0 for none.")
    event: strawberry.Private[models.ConversationEvent]

    @strawberry.field(graphql_type=later("Message", "graphql_api.messaging.types"), description=MESSAGE)
    async def message(self, info: Info) -> models.Message:
        """Read the messages of a whole page at once, with the selected fields."""
        message: models.Message = await _read_message(info, self.event)
        return message


@strawberry.type(
    description="A participant, who may be the viewer, has read more of the conversation. Live event only: it is not "
    "stored in the log and has no sequence."
)
class ConversationRead:
    """A read receipt."""

    reader: User = strawberry.field(description="Participant who has read the messages.")
    up_to_sequence: int = strawberry.field(description="Sequence up to which the participant has read.")


@strawberry.type(
    description="A participant other than the viewer started or stopped typing. Live event only: it is not stored in "
    "the log and has no sequence."
)
class ParticipantTyping:
    """The typing state of a participant."""

    participant: User = strawberry.field(description="Participant who started or stopped typing.")
    is_typing: bool = strawberry.field(description="Whether the participant is typing now.")


@strawberry.type(
    description="The participants or the title of the conversation changed. The event does not say which: display "
    "`participants`, and query `title` of the conversation again."
)
class ParticipantsChanged:
    """A change of the participants, or of the title."""

    sequence: int = strawberry.field(description=SEQUENCE)
    conversation_id: strawberry.Private[int]
    #: Read with the event already, on the live path.
    people: strawberry.Private[list[Any] | None] = None

    @strawberry.field(
        graphql_type=list[User], description="Current participants of the conversation, in the order of joining."
    )
    async def participants(self, info: Info) -> list[accounts.User]:
        """Return the participants; one statement reads those of a whole page or list of conversations."""
        if self.people is not None:
            return self.people
        return await load(info, self.conversation_id, partial(_find_people, info)) or []


ConversationEvent = Annotated[
    MessageSent
    | MessageEdited
    | MessageDeleted
    | MessageReacted
    | ConversationRead
    | ParticipantTyping
    | ParticipantsChanged,
    strawberry.union("ConversationEvent", description="Event in a conversation, either from its log or live only."),
]


async def load_events(info: Info, *, conversation_id: int, after_sequence: int, limit: int) -> list[Any]:
    """Return the events after a sequence, in order; one statement reads those of a list of conversations."""

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
    """Return the GraphQL object of a row of the log."""
    return _SHOWN[row.kind](row)


#: One entry for each kind of row that the services write.
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
    """Return the message that was read with the event; if its conversation is selected, read the message again.

    The conversation depends on the viewer, for example `unreadCount` and `canWrite`, so it cannot be shared.
    """
    known = models.ConversationEvent.message.is_cached(event)
    if known and not _selects(info.selected_fields, "conversation"):
        return event.message
    return await load_row(info, event.message_id, models.Message.objects.all)


def _selects(selected: Iterable[Any], name: str) -> bool:
    """Tell whether a field is selected directly below the given ones, also through fragments."""
    return any(
        _selects([one], name) if not isinstance(one, SelectedField) else one.name == name
        for field in selected
        for one in field.selections
    )


def _find_people(info: Info, keys: Sequence[int]) -> Mapping[int, list[accounts.User]]:
    people = optimize(accounts.User.objects.all(), info=info)
    return selectors.find_participants(conversation_ids=keys, people=people)
