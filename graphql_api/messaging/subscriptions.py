"""Following a conversation, or all of one's own: what was missed, then what comes."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from graphql_api.context import Info, signed_in
from graphql_api.errors import BadUserInput
from graphql_api.live.streams import hand_over
from graphql_api.messaging.events import ConversationEvent
from graphql_api.messaging.live.followers import ConversationStream
from graphql_api.messaging.live.inbox import InboxEvent, InboxStream
from graphql_api.relay.ids import known_or_nobody


@strawberry.type
class MessagingSubscriptions:
    """The subscriptions of messaging."""

    @strawberry.subscription(
        description="What happens in a conversation: first all that came after `afterSequence`, then live; each event "
        "of the log once and in order. It ends when you no longer take part. Needs a login."
    )
    async def conversation_events(
        self,
        info: Info,
        conversation_id: Annotated[strawberry.ID, strawberry.argument(description="The conversation.")],
        after_sequence: Annotated[
            int | None,
            strawberry.argument(description="The last sequence you have; left out, it begins with what comes next."),
        ] = None,
    ) -> AsyncGenerator[ConversationEvent, None]:
        """Follow the log as `ConversationStream` does."""
        viewer = signed_in(info)
        if after_sequence is not None and after_sequence < 0:
            raise BadUserInput("`afterSequence` must be 0 or more.")
        stream = ConversationStream(viewer, known_or_nobody(conversation_id, "Conversation"), info.context.outbound)
        await stream.begin(after_sequence)
        async with contextlib.aclosing(hand_over(info, stream)) as events:
            async for event in events:
                yield event

    @strawberry.subscription(
        description="What happens in all your conversations from now on, those that begin later too; each event of "
        "their logs once and in order. After a break catch up by `conversations` and `events`. Needs a login."
    )
    async def inbox_events(self, info: Info) -> AsyncGenerator[InboxEvent, None]:
        """Follow all the logs as `InboxStream` does."""
        stream = InboxStream(signed_in(info), info.context.outbound)
        await stream.begin()
        async with contextlib.aclosing(hand_over(info, stream)) as events:
            async for event in events:
                yield event
