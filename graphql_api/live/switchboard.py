"""Waiting for wake-ups of the live path, whatever transport the waiting is for.

Each process has one channel of the layer, shared by all its listeners, so that a thousand
subscribers cost Redis no more than one. A wake-up is a hint: the layer may drop it, Redis may die.
So numbered heartbeats go through the layer. While they do not come back the listeners look for
themselves every POLL seconds and the groups are joined again. A number that is missing when the
next one comes tells that wake-ups may be missing too: everybody looks once. What a full layer drops
between two heartbeats is found by the look that everybody takes now and then.
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

#: Seconds between two looks of a listener while the layer is out of order.
POLL = 3.0
#: Seconds between two heartbeats: less than the second that the Redis layer waits before it reconnects.
BEAT = 0.9
#: Seconds without a heartbeat after which the layer counts as out of order.
SILENCE = 3.0

Wakeup = Mapping[str, Any]


class WakeUpHandler(Protocol):
    """Whatever a wake-up can be put before."""

    def ring(self, wakeup: Wakeup) -> None:
        """Take the wake-up; an empty one says no more than that it is time to look."""


class Switchboard:
    """The process's one channel, and whose handler rings for which group; it works while there are handlers."""

    def __init__(self) -> None:
        self._handlers: defaultdict[str, set[WakeUpHandler]] = defaultdict(set)
        self._joined: set[str] = set()
        #: Groups that nobody listens to any more and that were not left, since the layer was out of order.
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
        """Whether wake-ups get through, as far as the last heartbeats tell."""
        return self._channel is not None and time.monotonic() - self._heard_at < SILENCE

    async def add(self, group: str, handler: WakeUpHandler) -> None:
        """Ring the handler for the group's wake-ups from now on, until it is removed."""
        self._handlers[group].add(handler)
        await self._join(group)

    async def remove(self, group: str, handler: WakeUpHandler) -> None:
        """Ring the handler no longer; one that was never added is fine."""
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
            # Else the heart joins all groups once the layer is back: nobody waits for it here one after the other.

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
            async with asyncio.timeout(POLL):
                await _layer().group_discard(group, self._channel)

    async def _connect(self) -> None:
        """Take a new channel into all groups. If the layer is out of order the next heartbeat tries again."""
        if self._receiver:
            self._receiver.cancel()
        self._joined.clear()
        self._forgotten.clear()
        try:
            async with asyncio.timeout(POLL):
                self._channel = await _layer().new_channel("live.")
        except Exception as error:  # noqa: BLE001 # whatever the layer fails with, the listeners look for themselves
            logger.warning("the channel layer cannot be reached: %r", error)
            return
        self._receiver = asyncio.get_running_loop().create_task(self._receive(self._channel))
        self._heard_at, self._beats_heard = time.monotonic(), self._beats_sent
        await self._add([self._pulse, *self._handlers])

    async def _add(self, groups: list[str]) -> bool:
        try:
            async with asyncio.timeout(POLL):
                for group in groups:
                    await _layer().group_add(group, self._channel)
                    self._joined.add(group)
        except Exception as error:  # noqa: BLE001
            logger.warning("groups of the channel layer cannot be joined yet: %r", error)
            self._heard_at = 0.0  # out of order until a heartbeat is heard, which needs its own group joined
            return False
        return True

    async def _rest(self) -> None:
        for task in (self._receiver, self._heart):
            if task:
                task.cancel()
        channel, self._channel, self._receiver, self._heart = self._channel, None, None, None
        with contextlib.suppress(Exception):
            async with asyncio.timeout(POLL):
                await _layer().group_discard(self._pulse, channel)

    async def _receive(self, channel: str) -> None:
        """Ring the handlers of each wake-up's group until the layer fails."""
        try:
            while True:
                # Never under a timeout: the Redis layer forgets a channel whose receiver was cancelled.
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
        """Send heartbeats, and mend what is broken."""
        was_well = True
        while True:
            await asyncio.sleep(BEAT)
            if was_well and not self.is_well:
                self._ring_all()  # from now on they look for themselves
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
