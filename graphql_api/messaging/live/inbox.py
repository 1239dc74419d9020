"""The stream of one viewer's subscription to all their conversations."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Sequence
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
from graphql_api.messaging.live.log import FRESH_SECONDS, PAGE, Log, logs
from graphql_api.messaging.live.readings import read
from graphql_api.messaging.types import Conversation


@strawberry.type(description="Event in one of the viewer's conversations.")
class InboxEvent:
    """An event, and its conversation."""

    event: ConversationEvent = strawberry.field(description="The event.")
    conversation_id: strawberry.Private[int]

    @strawberry.field(description="Current state of the conversation that the event belongs to.")
    async def conversation(self, info: Info) -> Conversation:
        """Return the conversation; one lookup serves all subscribers that ask at the same time."""
        found = await _overviews().load((self.conversation_id, signed_in(info).pk))
        if found is None:
            raise LookupError("the conversation is gone")
        conversation: Conversation = found
        return conversation


class InboxStream(Stream):
    """Stream of the live events of all the viewer's conversations, each log in its order.

    Each conversation has its own cursor. If the viewer joins a conversation later, its events start with the joining.
    """

    def __init__(self, viewer: accounts.User, outbound: Outbound | None) -> None:
        super().__init__(outbound)
        self.viewer_id = viewer.pk
        self._group = f"inbox.{viewer.pk}"
        self._cursors: dict[int, int] = {}
        #: Conversations that are still catching up; their live events are ignored.
        self._joining: set[int] = set()
        #: Last delivered sequence of conversations that were lost, for example through a block: the stream continues
        #: there if the viewer gets them back.
        self._left_at: dict[int, int] = {}
        self._has_joined = False

    async def begin(self) -> None:
        """Join all the logs."""
        try:
            await switchboard().add(self._group, self)
            found = await until_it_answers(lambda: selectors.find_joined_sequences(viewer_id=self.viewer_id))
            self._joining |= found.keys()
            for log in await logs().join(self, found):
                if self in log.followers:  # the viewer may have lost it in the meantime
                    self._cursors[log.conversation_id] = log.tail
            self._joining.clear()
            self.outbound.follow(self._cursors)
        except BaseException:
            await self.aclose()
            raise
        logs().tell_heads_to(self.outbound)

    def ring(self, wakeup: Wakeup) -> None:
        """Look for conversations that the viewer has just joined."""
        self._has_joined = True
        self._wake()

    def take(self, log: Log, items: list[Item]) -> None:
        """Queue the new items of one conversation."""
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
        """Remove a conversation that the viewer no longer takes part in."""
        key = log.conversation_id
        self._joining.discard(key)
        if (cursor := self._cursors.pop(key, None)) is not None:
            self._left_at[key] = self._take_back(key, cursor)
            self.outbound.unfollow([key])
        # The viewer may have rejoined already, after the rights were read.
        self._has_joined = True
        self._wake()

    def _take_back(self, key: int, cursor: int) -> int:
        """Drop the queued items of a conversation; return the last sequence that was delivered."""
        waiting = [item for item in self._waiting if item.value.conversation_id == key]
        for item in waiting:
            self._waiting.remove(item)
            self.outbound.remove(item.size)
        return min((item.sequence - 1 for item in waiting if item.sequence), default=cursor)

    async def items(self) -> AsyncGenerator[Item, None]:
        """Yield live events, and catch up with conversations that the viewer joins in the meantime."""
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
        """Tell whether the viewer may still receive the item; an old item needs a fresh check of the right."""
        key = item.value.conversation_id
        if time.monotonic() - item.read_at > FRESH_SECONDS:
            await logs().confirm(key, FRESH_SECONDS)
        if key in self._cursors:
            return True
        if item.sequence is not None:
            # The item is not delivered. If the viewer rejoins, the stream continues with it.
            self._left_at[key] = min(self._left_at.get(key, item.sequence), item.sequence - 1)
        return False

    async def _join_new(self) -> AsyncGenerator[Item, None]:
        """Yield the events between the viewer's joining of a conversation and this stream's joining of its log."""
        found = await until_it_answers(lambda: selectors.find_joined_sequences(viewer_id=self.viewer_id))
        fresh = found.keys() - self._cursors.keys()
        self._joining |= fresh
        for key in fresh:
            (log,) = await logs().join(self, [key])
            async for item in self._missed(log, max(found[key], self._left_at.pop(key, 0))):
                yield item

    async def _missed(self, log: Log, cursor: int) -> AsyncGenerator[Item, None]:
        """Yield the log after the cursor, then go live at its tail; checks the viewer's right at least once."""
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
    """Return the loader of conversations as lists show them; all subscribers of this process share it."""
    loop = asyncio.get_running_loop()
    if loop not in _loaders:
        _loaders[loop] = DataLoader(load_fn=_find_overviews, cache=False)
    return _loaders[loop]
