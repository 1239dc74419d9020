"""Subscriptions to one conversation, and to all conversations of the viewer."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from graphql_api.context import Info, signed_in
from graphql_api.errors import BadUserInput
from graphql_api.live.streams import NOTHING, hand_over
from graphql_api.messaging.events import ConversationEvent
from graphql_api.messaging.live.followers import ConversationStream
from graphql_api.messaging.live.inbox import InboxEvent, InboxStream
from graphql_api.relay.ids import known_or_nobody


@strawberry.type
class MessagingSubscriptions:
    """The subscriptions of messaging."""

    @strawberry.subscription(
        description="Events of a conversation: first all events after `afterSequence`, then live events. Each event of "
        "the log arrives once and in order. The subscription completes when the viewer no longer takes part. Needs a "
        "login."
    )
    async def conversation_events(
        self,
        info: Info,
        conversation_id: Annotated[strawberry.ID, strawberry.argument(description="ID of the conversation.")],
        after_sequence: Annotated[
            int | None,
            strawberry.argument(
                description="Last sequence that the client has. If omitted, the stream starts with the next event."
            ),
        ] = None,
    ) -> AsyncGenerator[ConversationEvent, None]:
        """Yield the events of a `ConversationStream`."""
        viewer = signed_in(info)
        if after_sequence is not None and after_sequence < 0:
            raise BadUserInput("`afterSequence` must be 0 or more.")
        stream = ConversationStream(viewer, known_or_nobody(conversation_id, "Conversation"), info.context.outbound)
        await stream.begin(after_sequence)
        hand_over(info, stream)
        for event in NOTHING:
            yield event

    @strawberry.subscription(
        description="Live events of all conversations of the viewer, including conversations that start later. Each "
        "event arrives once, and in order within its conversation. A new conversation appears with its first event. No "
        "event tells the viewer that they were removed from a conversation. After a disconnect, catch up with "
        "`conversations` and `Conversation.events`. Needs a login."
    )
    async def inbox_events(self, info: Info) -> AsyncGenerator[InboxEvent, None]:
        """Yield the events of an `InboxStream`."""
        stream = InboxStream(signed_in(info), info.context.outbound)
        await stream.begin()
        hand_over(info, stream)
        for event in NOTHING:
            yield event
