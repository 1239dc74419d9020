"""One viewer's way through one conversation's log."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from domains.accounts import models as accounts
from domains.base.errors import NotAllowed
from domains.messaging import selectors
from graphql_api.errors import BadUserInput
from graphql_api.live.database import until_it_answers
from graphql_api.live.outbound import Outbound
from graphql_api.live.selections import Item
from graphql_api.live.streams import Stream
from graphql_api.messaging.live import log
from graphql_api.messaging.live.log import PAGE, Log, logs
from graphql_api.messaging.live.readings import Reading, read


class ConversationStream(Stream):
    """The log after a cursor, then live; the cursor is the last sequence delivered.

    While it catches up from the database it takes nothing live; it goes live in the moment in which its cursor
    has reached the tail of the log that all share, so there is no hole and no double in between.
    """

    def __init__(self, viewer: accounts.User, conversation_id: int, outbound: Outbound | None) -> None:
        super().__init__(outbound)
        self.viewer_id = viewer.pk
        self.conversation_id = conversation_id
        self._cursor = 0
        self._is_live = self._is_told = False
        self._log: Log | None = None

    async def begin(self, after_sequence: int | None) -> None:
        """Join the log; refuses FORBIDDEN who takes no part, and BAD_USER_INPUT a sequence yet to come."""
        key = self.conversation_id
        try:
            # Joined before the look at the head: nothing falls between the two.
            (self._log,) = await logs().join(self, [key])
            self._cursor = await self._first_cursor(after_sequence)
        except BaseException:
            await self.aclose()
            raise
        self.outbound.follow([key])
        self._is_told = True
        logs().tell_heads_to(self.outbound)

    async def _first_cursor(self, after_sequence: int | None) -> int:
        viewer, key = self.viewer_id, self.conversation_id
        head = await until_it_answers(lambda: selectors.get_head_to_follow(viewer_id=viewer, conversation_id=key))
        if head is None:
            raise NotAllowed("You take part in no such conversation.")
        if after_sequence is not None and after_sequence > head:
            raise BadUserInput(f"`afterSequence` is ahead of the conversation, which is at {head}; read it anew.")
        return head if after_sequence is None else after_sequence

    def take(self, log: Log, items: list[Item]) -> None:
        """Let the items wait, once there is nothing to catch up with."""
        if self._is_live:
            for item in items:
                if item.about_id != self.viewer_id:
                    self.offer(item)

    def lose(self, log: Log) -> None:
        """End: the viewer takes part no longer."""
        self.end()

    async def items(self) -> AsyncIterator[Item]:
        """Yield the log after the cursor, then what comes, until the viewer takes part no longer."""
        async for item in self._missed():
            yield item
        if self._is_live:
            async for item in self._live():
                yield item

    async def _missed(self) -> AsyncIterator[Item]:
        """Yield the log up to its tail; live from there."""
        assert self._log is not None  # noqa: S101 # `begin` came first
        while self._cursor < self._log.tail:
            reading = await self._page()
            if self.viewer_id not in reading.followers or self._is_over:
                return
            for item in reading.items:
                if not await self._may_have(item):
                    return
                self._cursor = item.sequence or self._cursor
                yield item
        self._is_live = True

    async def _page(self) -> Reading:
        after = self._cursor
        return await until_it_answers(
            lambda: read(conversation_id=self.conversation_id, after_sequence=after, limit=PAGE)
        )

    async def _live(self) -> AsyncIterator[Item]:
        """Yield what comes until the end."""
        while (item := await self.next()) is not None:
            if item.sequence is not None and item.sequence <= self._cursor:
                continue
            if not await self._may_have(item):
                break
            self._cursor = item.sequence or self._cursor
            yield item
        self._is_live = False

    async def _may_have(self, item: Item) -> bool:
        """Tell whether the viewer still takes part, as was known when the item was read, or a moment ago."""
        if time.monotonic() - item.read_at > log.FRESH and self._log is not None:
            await self._log.confirm(log.FRESH)
        return not self._is_over

    async def aclose(self) -> None:
        """Leave the log."""
        await super().aclose()
        if self._is_told:
            self.outbound.unfollow([self.conversation_id])
        await logs().leave(self, [self.conversation_id])
