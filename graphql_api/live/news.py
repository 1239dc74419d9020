"""Feeds of new rows: each row is read once for all its subscribers in this process, and delivered to each once.

A wake-up only says when to read. Rows can be committed later than their times say, and the clocks of servers differ, so
each read looks back, and leaves out the rows that it has seen. Wake-ups can be lost, so all feeds are polled together
every IDLE_POLL_SECONDS, and every POLL_SECONDS while the channel layer is not working.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from weakref import WeakKeyDictionary

from django.utils import timezone

from domains.base.errors import NotAllowed
from graphql_api.live.database import RETRY, until_it_answers
from graphql_api.live.outbound import Outbound
from graphql_api.live.selections import Item
from graphql_api.live.streams import Stream
from graphql_api.live.switchboard import POLL_SECONDS, Wakeup, switchboard

logger = logging.getLogger("mishmob.live")

#: Seconds between two polls; POLL_SECONDS while the channel layer is not working.
IDLE_POLL_SECONDS = 25.0
#: How far a read looks back.
LOOK_BACK = timedelta(seconds=60)
#: Maximum number of feeds in one statement of a poll.
BATCH_SIZE = 500
#: How many rows a client may be behind; more than one upload of scans has.
MAX_BEHIND = 1_200
#: Maximum age, in seconds, of the check of a viewer's right when a row is delivered.
FRESH_SECONDS = 1.0


@dataclass(frozen=True)
class News:
    """A new row: its primary key, the time by which it is read, and what is delivered."""

    key: int
    at: datetime
    item: Item
    #: What is delivered to viewers who may not see all of it, and the ids of viewers who may; None: all see the same.
    reduced: Item | None = None
    seen_by: Collection[int] = ()

    def item_for(self, viewer_id: int) -> Item:
        """Return what this viewer receives, by the rights at the time the row was read."""
        return self.item if self.reduced is None or viewer_id in self.seen_by else self.reduced


@dataclass(frozen=True)
class Reading:
    """The rows of one read in their order, and the ids of the users who may receive them now."""

    news: list[News]
    permitted: Collection[int]
    #: Whether these are all rows that there are.
    is_whole: bool = True


class Source(Protocol):
    """Reads the rows of one kind of feed."""

    #: Wake-ups of the group that have this key are about these rows.
    name: str
    #: Message for a viewer who may not receive a feed.
    refusal: str

    def group(self, key: int) -> str:
        """Return the group of the channel layer that wakes the feed."""

    def read(self, key: int, *, since: datetime, seen: Collection[int], viewer_ids: Collection[int]) -> Reading:
        """Return the feed's rows since a time (those in `seen` may be left out), and which viewers may receive them.

        The rights must be read after the rows.
        """

    def find_changed(self, keys: Collection[int], *, since: datetime) -> Collection[int]:
        """Return the feeds to read: those that have rows since a time, and those whose viewers' rights can change."""


class Feed:
    """The new rows of one key, in the order in which this process read them."""

    def __init__(self, source: Source, key: int) -> None:
        self.group = source.group(key)
        self.followers: set[NewsStream] = set()
        self.opening: asyncio.Task[None] | None = None
        self._source, self._key = source, key
        #: The rows that some follower still needs; `_begin` is the position of the first.
        self._news: list[News] = []
        self._begin = 0
        #: The rows of the last LOOK_BACK, with their times.
        self._seen: dict[int, datetime] = {}
        self._looked_at = timezone.now()
        #: Whether the rows that existed before the feed are seen.
        self._is_primed = self._is_stale = False
        self._permitted_at = 0.0
        self._work: asyncio.Task[None] | None = None
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def end(self) -> int:
        """The position of the next row to come."""
        return self._begin + len(self._news)

    def item(self, position: int, viewer_id: int) -> Item | None:
        """Return the row at the position as the viewer receives it; None if the feed no longer has it."""
        return self._news[position - self._begin].item_for(viewer_id) if position >= self._begin else None

    def ring(self, wakeup: Wakeup) -> None:
        """Read soon, unless the wake-up is about something else."""
        if not wakeup or self._source.name in wakeup:
            self.read_soon()

    def read_soon(self) -> None:
        """Read the new rows and the rights soon."""
        self._is_stale = True
        if self._work is None:
            self._work = asyncio.get_running_loop().create_task(self._read_on())

    async def look(self) -> None:
        """Wait until a read that begins from now on is done."""
        looked = asyncio.get_running_loop().create_future()
        self._waiting.append(looked)
        self.read_soon()
        await looked

    async def confirm(self, seconds: float) -> None:
        """Make sure that the rights are at most this old."""
        if time.monotonic() - self._permitted_at > seconds:
            await self.look()

    async def _read_on(self) -> None:
        try:
            while self._is_stale and self.followers:
                self._is_stale = False
                waiting, self._waiting = self._waiting, []
                try:
                    await self._read()
                except Exception:
                    logger.exception("the news of %s could not be read", self.group)
                    self._is_stale, self._waiting = True, [*waiting, *self._waiting]
                    await asyncio.sleep(RETRY)
                    continue
                for one in waiting:
                    if not one.done():
                        one.set_result(None)
        finally:
            self._work = None

    async def _read(self) -> None:
        began, at, asked = timezone.now(), time.monotonic(), tuple(self.followers)
        read = partial(
            self._source.read,
            self._key,
            since=self._looked_at - LOOK_BACK,
            seen=frozenset(self._seen),
            viewer_ids={one.viewer_id for one in asked},
        )
        reading = await until_it_answers(read)
        news = [one for one in reading.news if one.key not in self._seen]
        self._seen |= {one.key: one.at for one in news}
        if reading.is_whole:
            self._looked_at = began
            self._seen = {key: time for key, time in self._seen.items() if time >= began - LOOK_BACK}
        else:
            self._is_stale = True
        self._permitted_at = at
        self._hand_on(news, reading.permitted, asked)
        self._is_primed = self._is_primed or reading.is_whole

    def _hand_on(self, news: list[News], permitted: Collection[int], asked: tuple[NewsStream, ...]) -> None:
        """Wake the followers; a follower who lost the right before it was read receives nothing more."""
        for one in asked:
            if one in self.followers and one.viewer_id not in permitted:
                self.followers.discard(one)
                one.end()
        if not self._is_primed:
            return
        self._news += news
        needed = min((one.position for one in self.followers), default=self.end)
        drop = max(needed - self._begin, len(self._news) - MAX_BEHIND, 0)
        del self._news[:drop]
        self._begin += drop
        for one in tuple(self.followers):
            one.wake()


class Feeds:
    """All feeds of one source in this process that have followers."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._feeds: dict[int, Feed] = {}
        self._polling: asyncio.Task[None] | None = None

    async def join(self, key: int, follower: NewsStream) -> Feed:
        """Deliver the rows that come from now on to the stream; call `leave` afterwards, also if this fails."""
        feed = self._feeds.get(key)
        if feed is None:
            feed = self._feeds[key] = Feed(self.source, key)
            # Join the group before the first read, so that no wake-up is lost in between.
            feed.opening = asyncio.create_task(switchboard().add(feed.group, feed))
        feed.followers.add(follower)
        if self._polling is None:
            self._polling = asyncio.create_task(self._poll())
        if feed.opening is not None:
            await asyncio.shield(feed.opening)
        await feed.look()
        return feed

    async def leave(self, key: int, follower: NewsStream) -> None:
        """Deliver nothing more to the stream; a stream that never joined is ignored."""
        feed = self._feeds.get(key)
        if feed is None:
            return
        feed.followers.discard(follower)
        if feed.followers:
            return
        del self._feeds[key]
        if not self._feeds and self._polling is not None:
            self._polling.cancel()
            self._polling = None
        await switchboard().remove(feed.group, feed)

    async def _poll(self) -> None:
        looked_at = timezone.now()
        while True:
            await asyncio.sleep(IDLE_POLL_SECONDS if switchboard().is_well else min(IDLE_POLL_SECONDS, POLL_SECONDS))
            began, keys = timezone.now(), list(self._feeds)
            for first in range(0, len(keys), BATCH_SIZE):
                some = keys[first : first + BATCH_SIZE]
                find = partial(self.source.find_changed, some, since=looked_at - LOOK_BACK)
                for key in await until_it_answers(find):
                    if feed := self._feeds.get(key):
                        feed.read_soon()
            looked_at = began


_feeds: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Feeds]] = WeakKeyDictionary()


def feeds_of(source: Source) -> Feeds:
    """Return the feeds of the source in the running loop."""
    feeds = _feeds.setdefault(asyncio.get_running_loop(), {})
    return feeds.setdefault(source.name, Feeds(source))


class NewsStream(Stream):
    """One viewer's subscription to a feed: a position in it, so that a stream holds no rows of its own."""

    def __init__(self, source: Source, key: int, *, viewer_id: int, outbound: Outbound | None) -> None:
        super().__init__(outbound)
        self.viewer_id = viewer_id
        self.position = 0
        self._feeds, self._key = feeds_of(source), key
        self._feed: Feed | None = None

    async def begin(self) -> None:
        """Join the feed; refuses with FORBIDDEN if the viewer may not receive it."""
        try:
            self._feed = await self._feeds.join(self._key, self)
            self.position = self._feed.end
        except BaseException:
            await self.aclose()
            raise
        if self._is_over:
            await self.aclose()
            raise NotAllowed(self._feeds.source.refusal)

    def wake(self) -> None:
        """Look for rows after the position."""
        self._wake()

    async def items(self) -> AsyncGenerator[Item, None]:
        """Yield the rows as they come, until the viewer may not receive them any more."""
        assert self._feed is not None  # noqa: S101 # `begin` came first
        while not self._is_over:
            if self.position == self._feed.end:
                await self._news()
                continue
            item = self._feed.item(self.position, self.viewer_id)
            if item is None:
                self.outbound.give_up()
                return
            if await self._may_have(self._feed, item):
                self.position += 1
                yield item

    async def _may_have(self, feed: Feed, item: Item) -> bool:
        """Tell whether the viewer may still receive the row; an old one needs a fresh check of the right."""
        if time.monotonic() - item.read_at > FRESH_SECONDS:
            await feed.confirm(FRESH_SECONDS)
        return not self._is_over

    async def aclose(self) -> None:
        """Leave the feed."""
        await super().aclose()
        await self._feeds.leave(self._key, self)
