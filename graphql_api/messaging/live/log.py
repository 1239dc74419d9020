"""The conversation logs that this process reads: one read per wake-up, delivered to all streams of the conversation.

A wake-up only says when to read. The items are delivered in the order of the log, to the streams whose viewers take
part at that moment; other streams are removed. Wake-ups can be lost, so all heads are polled together every
IDLE_POLL_SECONDS, and every POLL_SECONDS while the channel layer is not working.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakKeyDictionary, WeakSet

import orjson

from domains.accounts.models import User
from domains.messaging import selectors
from graphql_api.live.database import RETRY, in_database, until_it_answers
from graphql_api.live.outbound import Outbound
from graphql_api.live.selections import Item
from graphql_api.live.switchboard import POLL_SECONDS, Wakeup, switchboard
from graphql_api.messaging.events import ConversationRead
from graphql_api.messaging.live.readings import Passing, Reading, read
from graphql_api.relay.ids import global_id
from graphql_api.relay.rows import row_of

logger = logging.getLogger("mishmob.live")

#: Seconds between two polls of all heads; the heads are also sent to the clients.
IDLE_POLL_SECONDS = 25.0
#: Maximum age, in seconds, of the check of a viewer's right when an item is delivered.
FRESH_SECONDS = 1.0
#: Number of rows of a log that one statement reads.
PAGE = 100
#: Maximum number of conversations in one statement, and of heads in one ping.
BATCH_SIZE = 500
MAX_HEADS = 200


class Follower(Protocol):
    """A stream that receives the items of a log."""

    viewer_id: int

    def take(self, log: Log, items: list[Item]) -> None:
        """Take the items that were read; items of the log come without gaps."""

    def lose(self, log: Log) -> None:
        """Handle that the viewer may receive no more events of this conversation."""


@dataclass(frozen=True)
class Asked:
    """The streams at the time the rights were read; the result says nothing about streams that joined later."""

    followers: tuple[Follower, ...]
    at: float


class Log:
    """The log of one conversation, and the position up to which this process has read it."""

    def __init__(self, logs: Logs, conversation_id: int) -> None:
        self.conversation_id = conversation_id
        self.group = f"conversation.{conversation_id}"
        self.tail = 0
        #: The last sequence that the database is known to hold; events between the tail and the head are being read.
        self.head = 0
        self.followers: set[Follower] = set()
        self.opening: asyncio.Task[None] | None = None
        self._logs = logs
        self._confirmed_at = 0.0
        self._confirming: asyncio.Task[None] | None = None
        self._passing: list[Passing] = []
        #: Newest read receipt delivered, by user; wake-ups from several processes can arrive out of order.
        self._read_up_to: dict[int, int] = {}
        self._is_stale = False
        self._work: asyncio.Task[None] | None = None

    def ring(self, wakeup: Wakeup) -> None:
        """Read the log soon, if the wake-up is about something new."""
        if not wakeup:
            self._logs.look_soon()
        elif passing := Passing.of(wakeup):
            self._passing.append(passing)
            self._begin()
        elif wakeup.get("sequence", self.tail + 1) > self.tail:
            self.read_soon()

    def read_soon(self) -> None:
        """Read the new rows and the rights soon."""
        self._is_stale = True
        self._begin()

    def _begin(self) -> None:
        # While the log is being opened, its tail is not known; `opened` starts the reading then.
        if self._work is None and self.opening is None:
            self._work = asyncio.get_running_loop().create_task(self._read_on())

    def opened(self, tail: int) -> None:
        """Set the tail, and start reading after it."""
        self.tail, self.opening = tail, None
        if self._is_stale or self._passing:
            self._begin()

    async def _read_on(self) -> None:
        try:
            while (self._is_stale or self._passing) and self.followers:
                passing, self._passing = self._passing, []
                self._is_stale = False
                asked = self.asking()
                try:
                    reading = await self._read(passing)
                except Exception:
                    logger.exception("the log of a conversation could not be read")
                    self._is_stale = True
                    await asyncio.sleep(RETRY)
                    continue
                self._hand_on(reading, asked)
        finally:
            self._work = None

    async def _read(self, passing: list[Passing]) -> Reading:
        after = self.tail
        return await in_database(
            lambda: read(conversation_id=self.conversation_id, after_sequence=after, limit=PAGE, passing=passing)
        )

    def _hand_on(self, reading: Reading, asked: Asked) -> None:
        logged = [item.sequence for item in reading.items if item.sequence is not None]
        if logged:
            self.tail = logged[-1]
            self._is_stale = self._is_stale or len(logged) == PAGE
        self.keep(reading.followers, asked)
        items = [item for item in reading.items if self._is_ahead(item.value)]
        for follower in tuple(self.followers):
            follower.take(self, items)

    def _is_ahead(self, value: Any) -> bool:
        """Return False for a read receipt that is not newer than those that were delivered."""
        if not isinstance(value, ConversationRead):
            return True
        reader = row_of(value.reader, User).pk
        before = self._read_up_to.get(reader, -1)
        self._read_up_to[reader] = max(before, value.up_to_sequence)
        return value.up_to_sequence > before

    def asking(self) -> Asked:
        """Remember the current streams before the rights are read."""
        return Asked(tuple(self.followers), time.monotonic())

    def keep(self, allowed: Collection[int], asked: Asked) -> None:
        """Remove streams whose viewers no longer have the right, if they joined before the rights were read."""
        self._confirmed_at = max(self._confirmed_at, asked.at)
        for follower in asked.followers:
            if follower in self.followers and follower.viewer_id not in allowed:
                self.followers.discard(follower)
                follower.lose(self)
        if not self.followers:
            self._logs.forget_soon(self)

    async def confirm(self, seconds: float) -> None:
        """Make sure that the rights are at most this old; one query serves all waiting streams."""
        if time.monotonic() - self._confirmed_at <= seconds:
            return
        if self._confirming is None:
            self._confirming = asyncio.create_task(self._confirm())
        await asyncio.shield(self._confirming)

    async def _confirm(self) -> None:
        try:
            asked, key = self.asking(), self.conversation_id
            self.keep((await self._logs.allowed([key]))[key], asked)
        finally:
            self._confirming = None


class Logs:
    """All logs in this process that have at least one stream."""

    def __init__(self) -> None:
        self._logs: dict[int, Log] = {}
        self._outbounds: WeakSet[Outbound] = WeakSet()
        self._look_now = asyncio.Event()
        self._tending: asyncio.Task[None] | None = None
        #: The event loop holds only weak references to tasks.
        self._leaving: set[asyncio.Task[None]] = set()

    async def join(self, follower: Follower, conversation_ids: Iterable[int]) -> list[Log]:
        """Deliver the items of these conversations to the stream, from the current `tail` of each log.

        Call `leave` afterwards, also if this fails.
        """
        joined, fresh = [], []
        for key in conversation_ids:
            log = self._logs.get(key)
            if log is None:
                log = self._logs[key] = Log(self, key)
                fresh.append(log)
            log.followers.add(follower)
            joined.append(log)
        if fresh:
            opening = asyncio.create_task(self._open(fresh))
            for log in fresh:
                log.opening = opening
        for log in joined:
            if log.opening:
                # Other streams that joined in the meantime wait for the same task.
                await asyncio.shield(log.opening)
        if self._tending is None:
            self._tending = asyncio.create_task(self._tend())
        return joined

    async def _open(self, fresh: list[Log]) -> None:
        """Join the groups before reading the heads, so that no wake-up is lost in between."""
        try:
            for log in fresh:
                await switchboard().add(log.group, log)
            heads = await self._heads([log.conversation_id for log in fresh])
        except BaseException:
            for log in fresh:
                self.forget_soon(log)
            raise
        for log in fresh:
            log.opened(heads.get(log.conversation_id, 0))

    async def leave(self, follower: Follower, conversation_ids: Iterable[int]) -> None:
        """Stop delivering items of these conversations to the stream."""
        for key in tuple(conversation_ids):
            log = self._logs.get(key)
            if log is None:
                continue
            log.followers.discard(follower)
            if not log.followers:
                self._forget(log)
                await switchboard().remove(log.group, log)

    def forget_soon(self, log: Log) -> None:
        """Close a log that has no streams left."""
        self._forget(log)
        task = asyncio.create_task(switchboard().remove(log.group, log))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    def _forget(self, log: Log) -> None:
        if self._logs.get(log.conversation_id) is log:
            del self._logs[log.conversation_id]
        if not self._logs and self._tending is not None:
            self._tending.cancel()
            self._tending = None

    def tell_heads_to(self, outbound: Outbound) -> None:
        """Send the heads of the client's conversations with its pings from now on."""
        self._outbounds.add(outbound)

    def look_soon(self) -> None:
        """Poll all heads soon, because wake-ups may have been lost."""
        self._look_now.set()

    async def _tend(self) -> None:
        board, loop = switchboard(), asyncio.get_running_loop()
        told_at = loop.time()
        while True:
            left = max(0.0, told_at + IDLE_POLL_SECONDS - loop.time())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left if board.is_well else min(left, POLL_SECONDS)):
                    await self._look_now.wait()
            self._look_now.clear()
            try:
                await self._look()
            except Exception:
                logger.exception("the heads of conversations could not be looked at")
                await asyncio.sleep(RETRY)
            if loop.time() >= told_at + IDLE_POLL_SECONDS:
                told_at = loop.time()
                self._tell_heads()

    async def _look(self) -> None:
        """Compare all heads and rights with the state of this process: two statements for BATCH_SIZE conversations."""
        keys = [key for key, log in self._logs.items() if log.opening is None]
        for begin in range(0, len(keys), BATCH_SIZE):
            some = keys[begin : begin + BATCH_SIZE]
            asked = {key: self._logs[key].asking() for key in some if key in self._logs}
            heads = await self._heads(some)
            allowed = await self.allowed(some)
            for key in some:
                if (log := self._logs.get(key)) is not None and key in asked:
                    log.keep(allowed[key], asked[key])
                    log.head = heads.get(key, 0)
                    if log.head > log.tail:
                        log.read_soon()

    async def confirm(self, conversation_id: int, seconds: float) -> None:
        """Make sure that the rights of a conversation are at most this old."""
        if (log := self._logs.get(conversation_id)) is not None:
            await log.confirm(seconds)

    async def allowed(self, keys: list[int]) -> dict[int, set[int]]:
        """Return, by conversation, the ids of the users who may receive its events now."""
        return await until_it_answers(lambda: selectors.find_permitted_subscribers(conversation_ids=keys))

    async def _heads(self, keys: list[int]) -> dict[int, int]:
        return await until_it_answers(lambda: selectors.find_last_sequences(conversation_ids=keys))

    def _tell_heads(self) -> None:
        for outbound in tuple(self._outbounds):
            known = [self._logs[key] for key in outbound.followed if key in self._logs]
            begin = outbound.told % len(known) if len(known) > MAX_HEADS else 0
            told = (known[begin:] + known[:begin])[:MAX_HEADS]
            heads = {global_id("Conversation", log.conversation_id): max(log.tail, log.head) for log in told}
            outbound.told += len(heads)
            if heads:
                outbound.send_soon(orjson.dumps({"type": "ping", "payload": {"heads": heads}}).decode())


_logs: WeakKeyDictionary[asyncio.AbstractEventLoop, Logs] = WeakKeyDictionary()


def logs() -> Logs:
    """Return the logs of the running loop."""
    return _logs.setdefault(asyncio.get_running_loop(), Logs())
