"""What the mutations of messaging take."""

from __future__ import annotations

import uuid

import strawberry


@strawberry.input(description="What `startConversation` takes.")
class StartConversationInput:
    """With whom, and about what."""

    participant_ids: list[strawberry.ID] = strawberry.field(description="Whom you want to talk with, without you.")
    title: str = strawberry.field(description="At most 120 characters; empty for none.", default="")
    is_group: bool | None = strawberry.field(
        description="Whether it is a group; left out, it is one with more than one other person.", default=None
    )
    opportunity_id: strawberry.ID | None = strawberry.field(
        description="The opportunity it is about, if any.", default=None
    )


@strawberry.input(description="What `sendMessage` takes.")
class SendMessageInput:
    """What to say, and where."""

    conversation_id: strawberry.ID = strawberry.field(description="The conversation to say it in.")
    content: str = strawberry.field(description="1 to 10,000 characters, after spaces around it are cut off.")
    client_id: uuid.UUID = strawberry.field(
        description="A UUID of your making. Sent again with the same one, the message is not said twice."
    )


@strawberry.input(description="What `markConversationRead` takes.")
class MarkConversationReadInput:
    """How far you have read."""

    conversation_id: strawberry.ID = strawberry.field(description="The conversation.")
    up_to_sequence: int = strawberry.field(description="The sequence of the last event you have seen.")
