"""The stream of one viewer's subscription to one conversation."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator

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
    """Stream of the log after a cursor, then of live events; the cursor is the last sequence delivered.

    While the stream catches up from the database, it ignores live events. It goes live at the moment its cursor
    reaches the tail of the shared log, so no event is missing or doubled in between.
    """

    def __init__(self, viewer: accounts.User, conversation_id: int, outbound: Outbound | None) -> None:
        super().__init__(outbound)
        self.viewer_id = viewer.pk
        self.conversation_id = conversation_id
        self._cursor = 0
        self._is_live = self._is_told = False
        self._log: Log | None = None

    async def begin(self, after_sequence: int | None) -> None:
        """Join the log.

        Refuses with FORBIDDEN if the viewer does not take part, and with BAD_USER_INPUT if the sequence is ahead of
        the log.
        """
        key = self.conversation_id
        try:
            # Join before reading the head, so that no event is lost in between.
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
        head = await until_it_answers(lambda: selectors.get_last_sequence(viewer_id=viewer, conversation_id=key))
        if head is None:
            raise NotAllowed("You take part in no such conversation.")
        if after_sequence is not None and after_sequence > head:
            raise BadUserInput(f"`afterSequence` is ahead of the conversation, which is at {head}; read it anew.")
        return head if after_sequence is None else after_sequence

    def take(self, log: Log, items: list[Item]) -> None:
        """Queue the live items, unless the stream is still catching up."""
        if self._is_live:
            for item in items:
                if item.about_id != self.viewer_id:
                    self.offer(item)

    def lose(self, log: Log) -> None:
        """End the stream, because the viewer no longer takes part."""
        self.end()

    async def items(self) -> AsyncGenerator[Item, None]:
        """Yield the log after the cursor, then live events, until the viewer no longer takes part."""
        async for item in self._missed():
            yield item
        if self._is_live:
            async for item in self._live():
                yield item

    async def _missed(self) -> AsyncGenerator[Item, None]:
        """Yield the log up to its tail, then go live."""
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

    async def _live(self) -> AsyncGenerator[Item, None]:
        """Yield live events until the stream ends."""
        while (item := await self.next()) is not None:
            if item.sequence is not None and item.sequence <= self._cursor:
                continue
            if not await self._may_have(item):
                break
            self._cursor = item.sequence or self._cursor
            yield item
        self._is_live = False

    async def _may_have(self, item: Item) -> bool:
        """Tell whether the viewer may still receive the item; an old item needs a fresh check of the right."""
        if time.monotonic() - item.read_at > log.FRESH_SECONDS and self._log is not None:
            await self._log.confirm(log.FRESH_SECONDS)
        return not self._is_over

    async def aclose(self) -> None:
        """Leave the log."""
        await super().aclose()
        if self._is_told:
            self.outbound.unfollow([self.conversation_id])
        await logs().leave(self, [self.conversation_id])
