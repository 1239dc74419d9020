"""One viewer's way through the logs of all their conversations."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import strawberry
from strawberry.dataloader import DataLoader

from domains.accounts import models as accounts
from domains.messaging import selectors
from graphql_api.context import Info, signed_in
from graphql_api.live.database import until_it_answers
from graphql_api.live.outbound import Outbound
from graphql_api.live.selections import Item
from graphql_api.live.streams import Stream
from graphql_api.live.switchboard import Wakeup, switchboard
from graphql_api.messaging.events import ConversationEvent
from graphql_api.messaging.live.log import FRESH, PAGE, Log, logs
from graphql_api.messaging.live.readings import read
from graphql_api.messaging.types import Conversation


@strawberry.type(description="Something that happened in one of your conversations.")
class InboxEvent:
    """An event, and the conversation it happened in."""

    event: ConversationEvent = strawberry.field(description="What happened.")
    conversation_id: strawberry.Private[int]

    @strawberry.field(description="Where it happened, as it is now.")
    async def conversation(self, info: Info) -> Conversation:
        """Read what all the viewers of this moment are shown, at once."""
        found = await _overviews().load((self.conversation_id, signed_in(info).pk))
        if found is None:
            raise LookupError("the conversation is gone")
        conversation: Conversation = found
        return conversation


class InboxStream(Stream):
    """What happens in all the viewer's conversations, each log in its order, from now on.

    Each conversation has a cursor of its own. One that the viewer joins later begins with the joining.
    """

    def __init__(self, viewer: accounts.User, outbound: Outbound | None) -> None:
        super().__init__(outbound)
        self.viewer_id = viewer.pk
        self._group = f"inbox.{viewer.pk}"
        self._cursors: dict[int, int] = {}
        #: Those that are caught up with still: what comes live in them is held back.
        self._joining: set[int] = set()
        #: Of those that were lost, such as by a block: where to go on if they come back.
        self._left_at: dict[int, int] = {}
        self._has_joined = False

    async def begin(self) -> None:
        """Join all the logs."""
        try:
            await switchboard().add(self._group, self)
            found = await until_it_answers(lambda: selectors.find_followed(viewer_id=self.viewer_id))
            self._joining |= found.keys()
            for log in await logs().join(self, found):
                if self in log.followers:  # it may be lost again by now
                    self._cursors[log.conversation_id] = log.tail
            self._joining.clear()
            self.outbound.follow(self._cursors)
        except BaseException:
            await self.aclose()
            raise
        logs().tell_heads_to(self.outbound)

    def ring(self, wakeup: Wakeup) -> None:
        """Look for conversations that the viewer takes part in since now."""
        self._has_joined = True
        self._wake()

    def take(self, log: Log, items: list[Item]) -> None:
        """Let what is new in one conversation wait."""
        key = log.conversation_id
        if key in self._joining:
            return
        for item in items:
            if item.sequence is not None:
                if item.sequence <= self._cursors[key]:
                    continue
                self._cursors[key] = item.sequence
            if item.about_id != self.viewer_id:
                self.offer(self._of_inbox(key, item))

    def lose(self, log: Log) -> None:
        """Forget a conversation that the viewer takes part in no longer."""
        key = log.conversation_id
        self._joining.discard(key)
        if (cursor := self._cursors.pop(key, None)) is not None:
            self._left_at[key] = self._take_back(key, cursor)
            self.outbound.unfollow([key])
        # The viewer may be back already: what is known here is as old as the reading.
        self._has_joined = True
        self._wake()

    def _take_back(self, key: int, cursor: int) -> int:
        """Drop what waits of a conversation; return the last sequence that was delivered."""
        waiting = [item for item in self._waiting if item.value.conversation_id == key]
        for item in waiting:
            self._waiting.remove(item)
            self.outbound.remove(item.size)
        return min((item.sequence - 1 for item in waiting if item.sequence), default=cursor)

    async def items(self) -> AsyncIterator[Item]:
        """Yield what comes, and look after conversations that are joined meanwhile."""
        while not self._is_over:
            if self._has_joined:
                self._has_joined = False
                async for item in self._join_new():
                    yield item
            if self._waiting:
                item = self._pop()
                if await self._may_have(item):
                    yield item
            elif not self._has_joined and not self._is_over:
                await self._news()

    async def _may_have(self, item: Item) -> bool:
        """Tell whether the viewer still takes part where it happened, as was known a moment ago."""
        key = item.value.conversation_id
        if time.monotonic() - item.read_at > FRESH:
            await logs().confirm(key, FRESH)
        if key in self._cursors:
            return True
        if item.sequence is not None:
            # Not delivered: if the viewer comes back, it goes on here.
            self._left_at[key] = min(self._left_at.get(key, item.sequence), item.sequence - 1)
        return False

    async def _join_new(self) -> AsyncIterator[Item]:
        """Yield what came in conversations between joining them and joining their logs; they are live from there."""
        found = await until_it_answers(lambda: selectors.find_followed(viewer_id=self.viewer_id))
        fresh = found.keys() - self._cursors.keys()
        self._joining |= fresh
        for key in fresh:
            (log,) = await logs().join(self, [key])
            async for item in self._missed(log, max(found[key], self._left_at.pop(key, 0))):
                yield item

    async def _missed(self, log: Log, cursor: int) -> AsyncIterator[Item]:
        """Yield the log after the cursor, live from its tail; the right to it is asked for once at least."""
        key, is_allowed = log.conversation_id, False
        while key in self._joining:
            if is_allowed and cursor >= log.tail:
                self._joining.discard(key)
                self._cursors[key] = cursor
                self.outbound.follow([key])
                return
            reading = await until_it_answers(partial(read, conversation_id=key, after_sequence=cursor, limit=PAGE))
            if self.viewer_id not in reading.followers:
                break
            is_allowed = True
            for item in reading.items:
                cursor = item.sequence or cursor
                yield self._of_inbox(key, item)
        self._left_at[key] = cursor
        self._joining.discard(key)
        await logs().leave(self, [key])

    @staticmethod
    def _of_inbox(key: int, item: Item) -> Item:
        value = InboxEvent(event=item.value, conversation_id=key)
        return Item(value=value, size=item.size, sequence=item.sequence, read_at=item.read_at)

    async def aclose(self) -> None:
        """Leave all the logs."""
        await super().aclose()
        self.outbound.unfollow(self._cursors)
        await logs().leave(self, {*self._cursors, *self._joining})
        with contextlib.suppress(Exception):
            await switchboard().remove(self._group, self)


async def _find_overviews(pairs: list[tuple[int, int]]) -> Sequence[Any]:
    found = await until_it_answers(lambda: selectors.find_overviews(pairs=set(pairs)))
    return [found.get(pair) for pair in pairs]


_loaders: WeakKeyDictionary[asyncio.AbstractEventLoop, DataLoader[tuple[int, int], Any]] = WeakKeyDictionary()


def _overviews() -> DataLoader[tuple[int, int], Any]:
    """Return the loader of conversations as lists show them, one for all the subscribers of this process."""
    loop = asyncio.get_running_loop()
    if loop not in _loaders:
        _loaders[loop] = DataLoader(load_fn=_find_overviews, cache=False)
    return _loaders[loop]
