"""The switchboard: wake-ups reach who listens, and a layer that fails or forgets is noticed and mended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer

from graphql_api.live import switchboard as live
from tests.graphql_api.silence import until


class Layer(InMemoryChannelLayer):
    """A layer at the network's edge that can be cut off, and that counts its channels."""

    def __init__(self) -> None:
        super().__init__()
        self.is_down = False
        self.opened = 0

    async def new_channel(self, prefix: str = "specific.") -> str:
        self._need_network()
        self.opened += 1
        name: str = await super().new_channel(prefix)
        return name

    async def group_add(self, group: str, channel: str) -> None:
        self._need_network()
        await super().group_add(group, channel)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        self._need_network()
        await super().group_send(group, message)

    def _need_network(self) -> None:
        if self.is_down:
            raise ConnectionError("the layer cannot be reached")


@pytest.fixture
def layer(monkeypatch: pytest.MonkeyPatch) -> Layer:
    layer = Layer()
    monkeypatch.setattr(live, "get_channel_layer", lambda: layer)
    monkeypatch.setattr(live, "BEAT", 0.05)
    monkeypatch.setattr(live, "SILENCE", 0.2)
    monkeypatch.setattr(live, "POLL_SECONDS", 0.1)
    return layer


class Listener:
    """A bell that a test waits for."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[live.Wakeup] = asyncio.Queue()

    def ring(self, wakeup: live.Wakeup) -> None:
        self._waiting.put_nowait(wakeup)

    async def wait(self, patience: float) -> live.Wakeup | None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                return await self._waiting.get()
        return None

    async def hears(self, sequence: int) -> bool:
        """Whether the wake-up with this sequence comes; those that only say that it is time to look may come first."""
        while (wakeup := await self.wait(5)) is not None:
            if wakeup:
                return bool(wakeup["sequence"] == sequence)
        return False

    async def drained(self) -> list[live.Wakeup]:
        """Return all that waits, once nothing comes any more."""
        found = []
        while (wakeup := await self.wait(0.3)) is not None:
            found.append(wakeup)
        return found


async def is_mended() -> None:
    for _ in range(100):
        if live.switchboard().is_well:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the layer was not joined again")


@contextlib.asynccontextmanager
async def listen(group: str) -> AsyncIterator[Listener]:
    listener = Listener()
    await live.switchboard().add(group, listener)
    yield listener
    await live.switchboard().remove(group, listener)


async def wake(layer: Layer, group: str, **ids: int) -> None:
    await layer.group_send(group, {"type": "live.wake", "group": group, **ids})


async def test_a_wake_up_reaches_the_listeners_of_its_group_alone(layer: Layer) -> None:
    async with listen("one") as first, listen("one") as second, listen("two") as other:
        await wake(layer, "one", sequence=7)
        for listener in (first, second):
            assert await listener.hears(7)
        assert not await other.wait(0.1)
    assert layer.opened == 1, "all listeners of a process share one channel"


async def test_one_who_leaves_leaves_the_others_listening_and_the_last_one_leaves_nothing(layer: Layer) -> None:
    async with listen("one") as staying:
        async with listen("one"):
            pass
        await wake(layer, "one", sequence=1)
        assert await staying.hears(1)
    await asyncio.sleep(0.01)
    assert layer.groups == {}
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_layer_that_is_down_at_the_start_is_joined_once_it_is_up(layer: Layer) -> None:
    layer.is_down = True
    async with listen("one") as listener:
        assert not live.switchboard().is_well, "without the layer those who listen look for themselves"
        layer.is_down = False
        await is_mended()
        await asyncio.sleep(0.1)
        assert await listener.drained(), "what was lost meanwhile is looked for"
        await wake(layer, "one", sequence=2)
        assert await listener.hears(2)


async def test_a_layer_that_forgets_its_groups_is_joined_again(layer: Layer) -> None:
    async with listen("one") as listener:
        await layer.flush()
        assert await listener.wait(2) == {}, "the missing heartbeats show that wake-ups may be missing"
        await is_mended()
        await listener.drained()
        await wake(layer, "one", sequence=3)
        assert await listener.hears(3)


async def test_a_short_cut_is_noticed_by_the_heartbeat_that_is_missing(layer: Layer) -> None:
    async with listen("one") as listener:
        await asyncio.sleep(0.12)
        layer.is_down = True
        await asyncio.sleep(0.08)
        layer.is_down = False
        assert await listener.wait(5) == {}


async def test_a_layer_that_goes_down_is_told_to_all_so_that_they_look_for_themselves(layer: Layer) -> None:
    async with listen("one") as listener:
        await asyncio.sleep(0.12)
        layer.is_down = True
        assert await listener.wait(5) == {}
        assert not live.switchboard().is_well


async def test_a_group_that_was_left_out_while_the_layer_was_mended_is_joined_soon(layer: Layer) -> None:
    async with listen("one"):
        late = Listener()
        live.switchboard()._handlers["late"].add(late)
        assert await late.wait(5) == {}, "what it missed until now is looked for"
        await wake(layer, "late", sequence=5)
        assert await late.hears(5)
        await live.switchboard().remove("late", late)


async def test_a_group_that_was_left_while_the_layer_was_down_is_left_once_it_is_up(layer: Layer) -> None:
    async with listen("one"):
        async with listen("two"):
            layer.is_down = True
            await asyncio.sleep(0.4)
        assert "two" in layer.groups
        layer.is_down = False
        await is_mended()
        await until(lambda: "two" not in layer.groups)
