"""Following a conversation: what was missed, then what comes."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from typing import Annotated, Any

import strawberry

from domains.accounts import models as accounts
from domains.base.errors import NotAllowed
from domains.messaging import selectors
from graphql_api.context import Info, signed_in
from graphql_api.database import in_database
from graphql_api.errors import BadUserInput
from graphql_api.ids import key_for
from graphql_api.live import Listener, Wakeup, listen
from graphql_api.messaging.events import ConversationEvent, ConversationRead, read_events

PAGE = 100
#: Without a wake-up the log is looked at after so many seconds.
PATIENCE = 25.0
#: What was read longer ago than this is not delivered: the right to read it is asked for again.
FRESH = 1.0


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
        """Follow the log as `Follower` does."""
        viewer = signed_in(info)
        if after_sequence is not None and after_sequence < 0:
            raise BadUserInput("`afterSequence` must be 0 or more.")
        follower = Follower(viewer, key_for(conversation_id, "Conversation"))
        async for event in follower.follow(after_sequence):
            yield event


class Follower:
    """One viewer's way through one conversation's log; the cursor is the last sequence delivered."""

    def __init__(self, viewer: accounts.User, conversation_id: int) -> None:
        self.viewer = viewer
        self.conversation_id = conversation_id
        self.cursor = 0
        #: Whether the last look at the log proved that the viewer takes part: it showed something.
        self.may_read = False

    async def follow(self, after_sequence: int | None) -> AsyncGenerator[Any, None]:
        """Yield the log after the cursor, then wait for more, until the viewer takes part no longer.

        The group is joined before the first look, so that nothing falls between the look and the
        waiting. A wake-up only says when to look; what is yielded comes from the log, after the cursor.
        """
        async with listen(f"conversation.{self.conversation_id}") as listener:
            head = await self._head()
            if head is None:
                raise NotAllowed("You take part in no such conversation.")
            if after_sequence is not None and after_sequence > head:
                raise BadUserInput(f"`afterSequence` is ahead of the conversation, which is at {head}; read it anew.")
            self.cursor = head if after_sequence is None else after_sequence
            wakeup: Wakeup | None = None
            while True:
                async for event in self._rest_of_log():
                    yield event
                if not self.may_read and await self._head() is None:
                    return
                if receipt := await self._receipt(wakeup):
                    yield receipt
                wakeup = await self._next(listener)

    async def _rest_of_log(self) -> AsyncGenerator[Any, None]:
        """Yield what the log holds after the cursor; the statement that reads it asks for the right too."""
        while page := await self._page():
            read_at = time.monotonic()
            for event in page:
                if time.monotonic() - read_at > FRESH:
                    break  # a slow reader: what is left is read again, if it still may be
                self.cursor = event.sequence
                yield event
            else:
                if len(page) < PAGE:
                    return

    async def _next(self, listener: Listener) -> Wakeup | None:
        """Wait for a wake-up with news; those about what is delivered already are none."""
        while True:
            wakeup = await listener.wait(PATIENCE)
            if not wakeup or wakeup.get("sequence", self.cursor + 1) > self.cursor:
                return wakeup

    # The three questions below are asked for each follower. A reader shared by all followers of a
    # conversation in this process would take their place here, with the right of each still its own.

    async def _page(self) -> list[Any]:
        page = await in_database(
            lambda: read_events(
                viewer=self.viewer,
                conversation_id=self.conversation_id,
                after_sequence=self.cursor,
                limit=PAGE,
            )
        )
        self.may_read = bool(page)
        return page

    async def _head(self) -> int | None:
        return await in_database(lambda: selectors.get_head(viewer=self.viewer, conversation_id=self.conversation_id))

    async def _receipt(self, wakeup: Wakeup | None) -> ConversationRead | None:
        if not wakeup or "reader_id" not in wakeup:
            return None
        reader = await in_database(
            lambda: selectors.find_reader(
                viewer=self.viewer, conversation_id=self.conversation_id, reader_id=wakeup["reader_id"]
            )
        )
        if reader is None:
            return None
        return ConversationRead(reader=reader, up_to_sequence=wakeup["up_to_sequence"])  # type: ignore[arg-type]
