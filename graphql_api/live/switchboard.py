"""Wake-ups for live subscriptions: one channel-layer connection per process, shared by all its handlers.

A thousand subscribers therefore cost Redis no more than one. A wake-up is only a hint: the layer may drop it, and
Redis may fail. So the process sends numbered heartbeats to itself through the layer. While no heartbeat comes back,
the handlers poll every POLL_SECONDS, and the process joins its groups again. If a number is missing, wake-ups may be
missing too, so all handlers poll once. Wake-ups that a full layer drops between two heartbeats are made up for by the
regular polls of the handlers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer

logger = logging.getLogger("mishmob.live")

#: Seconds between two polls of a handler while the layer is not working.
POLL_SECONDS = 3.0
#: Seconds between two heartbeats: less than the second that the Redis layer waits before it reconnects.
BEAT = 0.9
#: Seconds without a heartbeat after which the layer counts as not working.
SILENCE = 3.0

Wakeup = Mapping[str, Any]


class WakeUpHandler(Protocol):
    """An object that handles wake-ups."""

    def ring(self, wakeup: Wakeup) -> None:
        """Handle the wake-up; an empty one only asks to poll."""


class Switchboard:
    """The channel of this process, and the handlers of each group; its tasks run while there are handlers."""

    def __init__(self) -> None:
        self._handlers: defaultdict[str, set[WakeUpHandler]] = defaultdict(set)
        self._joined: set[str] = set()
        #: Groups without handlers that could not be left because the layer was not working.
        self._forgotten: set[str] = set()
        self._pulse = f"pulse.{uuid.uuid4().hex}"
        self._heard_at = 0.0
        self._beats_sent = self._beats_heard = 0
        self._channel: str | None = None
        self._receiver: asyncio.Task[None] | None = None
        self._heart: asyncio.Task[None] | None = None
        self._moving = asyncio.Lock()

    @property
    def is_well(self) -> bool:
        """Whether the last heartbeats came back, so that wake-ups arrive."""
        return self._channel is not None and time.monotonic() - self._heard_at < SILENCE

    async def add(self, group: str, handler: WakeUpHandler) -> None:
        """Call the handler for the group's wake-ups until it is removed."""
        self._handlers[group].add(handler)
        await self._join(group)

    async def remove(self, group: str, handler: WakeUpHandler) -> None:
        """Stop calling the handler; a handler that was never added is ignored."""
        handlers = self._handlers.get(group)
        if handlers is None:
            return
        handlers.discard(handler)
        if not handlers:
            del self._handlers[group]
            await self._leave(group)

    async def _join(self, group: str) -> None:
        async with self._moving:
            if self._heart is None:
                self._heart = asyncio.get_running_loop().create_task(self._beat())
                await self._connect()
            elif self.is_well and group not in self._joined:
                await self._add([group])
            # Else `_beat` joins all groups once the layer is back, so that callers do not queue for it here.

    async def _leave(self, group: str) -> None:
        async with self._moving:
            if group in self._handlers:
                return
            self._joined.discard(group)
            if self.is_well:
                await self._discard(group)
            else:
                self._forgotten.add(group)
            if not self._handlers:
                await self._rest()

    async def _discard(self, group: str) -> None:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(POLL_SECONDS):
                await _layer().group_discard(group, self._channel)

    async def _connect(self) -> None:
        """Join all groups with a new channel. If the layer is not working, the next heartbeat retries."""
        if self._receiver:
            self._receiver.cancel()
        self._joined.clear()
        self._forgotten.clear()
        try:
            async with asyncio.timeout(POLL_SECONDS):
                self._channel = await _layer().new_channel("live.")
        except Exception as error:  # noqa: BLE001 # whatever error the layer raises, the handlers poll
            logger.warning("the channel layer cannot be reached: %r", error)
            return
        self._receiver = asyncio.get_running_loop().create_task(self._receive(self._channel))
        self._heard_at, self._beats_heard = time.monotonic(), self._beats_sent
        await self._add([self._pulse, *self._handlers])

    async def _add(self, groups: list[str]) -> bool:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                for group in groups:
                    await _layer().group_add(group, self._channel)
                    self._joined.add(group)
        except Exception as error:  # noqa: BLE001
            logger.warning("groups of the channel layer cannot be joined yet: %r", error)
            self._heard_at = 0.0  # not working until a heartbeat arrives, which needs its own group joined
            return False
        return True

    async def _rest(self) -> None:
        for task in (self._receiver, self._heart):
            if task:
                task.cancel()
        channel, self._channel, self._receiver, self._heart = self._channel, None, None, None
        with contextlib.suppress(Exception):
            async with asyncio.timeout(POLL_SECONDS):
                await _layer().group_discard(self._pulse, channel)

    async def _receive(self, channel: str) -> None:
        """Call the handlers of each wake-up's group until the layer fails."""
        try:
            while True:
                # Never with a timeout: the Redis layer forgets a channel whose receiver was cancelled.
                wakeup = await _layer().receive(channel)
                group = wakeup.get("group", "")
                if group == self._pulse:
                    self._hear(wakeup["beat"])
                for handler in tuple(self._handlers.get(group, ())):
                    handler.ring(wakeup)
        except Exception as error:  # noqa: BLE001
            logger.warning("the channel layer is gone: %r", error)
            self._channel = None

    def _hear(self, beat: int) -> None:
        has_missed = beat != self._beats_heard + 1
        self._heard_at, self._beats_heard = time.monotonic(), beat
        if has_missed:
            self._ring_all()

    def _ring_all(self) -> None:
        for handler in {handler for handlers in self._handlers.values() for handler in handlers}:
            handler.ring({})

    async def _beat(self) -> None:
        """Send heartbeats, reconnect, and join missing groups."""
        was_well = True
        while True:
            await asyncio.sleep(BEAT)
            if was_well and not self.is_well:
                self._ring_all()  # so that they start polling
            was_well = self.is_well
            if not was_well or self._forgotten or not self._handlers.keys() <= self._joined:
                await self._mend()
            self._beats_sent += 1
            with contextlib.suppress(Exception):
                async with asyncio.timeout(BEAT):
                    beat = {"type": "live.wake", "group": self._pulse, "beat": self._beats_sent}
                    await _layer().group_send(self._pulse, beat)

    async def _mend(self) -> None:
        async with self._moving:
            if self._channel is None:
                await self._connect()
                if self._channel is not None:
                    self._ring_all()
                return
            if not self.is_well:
                self._joined.clear()  # the layer may have forgotten them
            missing = [group for group in (self._pulse, *self._handlers) if group not in self._joined]
            for group in missing if await self._add(missing) else ():
                for handler in tuple(self._handlers.get(group, ())):
                    handler.ring({})
            while self._forgotten and self.is_well:
                group = self._forgotten.pop()
                if group not in self._handlers:
                    await self._discard(group)


_switchboards: WeakKeyDictionary[asyncio.AbstractEventLoop, Switchboard] = WeakKeyDictionary()


def switchboard() -> Switchboard:
    """Return the switchboard of the running loop."""
    return _switchboards.setdefault(asyncio.get_running_loop(), Switchboard())


def _layer() -> Any:
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("CHANNEL_LAYERS names no default layer")
    return layer
