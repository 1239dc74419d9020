"""Idle: two thousand sockets on one process, which do nothing but stay; then each must still hear at once."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from tests.benchmarks.counted_server import CountedServer
from tests.benchmarks.crowd import Crowd, gather_crowd
from tests.benchmarks.load_fan_out import AT_ONCE, delays_of
from tests.benchmarks.raw_sockets import Caller, RawSocket, open_socket
from tests.graphql_api.messaging.documents import FOLLOW, SEND

#: So many people, in pairs that share a group, with so many sockets each.
PEOPLE, SOCKETS_EACH, PAIR = 200, 10, 2
#: Sockets that come and go before anything is measured, so that what a process loads once is not counted.
WARM_UP = 100
LIVE_WITHIN = 20


async def measure(server: CountedServer, *, are_subscribed: bool, seconds: float, say: Any) -> dict[str, Any]:
    """Return the figures of one run: with a subscription on each socket, or after `connection_init` alone."""
    crowd = await asyncio.to_thread(gather_crowd, server, PEOPLE, PAIR)
    number = PEOPLE * SOCKETS_EACH
    warm = await open_all(server, crowd, WARM_UP, are_subscribed, {})
    for socket in warm:
        socket.transport.abort()
    await asyncio.sleep(3)

    before = server.memory()
    began = time.perf_counter()
    heard: dict[RawSocket, float] = {}
    sockets = await open_all(server, crowd, number, are_subscribed, heard)
    opening = time.perf_counter() - began
    await asyncio.sleep(2)
    opened = server.memory()
    cpu, since = server.cpu_seconds(), time.perf_counter()
    while time.perf_counter() - since < seconds:
        say(f"{sum(not s.is_lost.is_set() for s in sockets)} sockets, {server.memory() / 2**20:.0f} MiB")
        await asyncio.sleep(min(30.0, max(0.1, seconds - (time.perf_counter() - since))))
    idle_cpu = 100 * (server.cpu_seconds() - cpu) / (time.perf_counter() - since)
    after = server.memory()

    alive = await count_alive(sockets)
    delays = await wake_all(server, crowd, sockets, heard) if are_subscribed else []
    for socket in sockets:
        socket.transport.abort()
    await asyncio.sleep(5)
    return {
        "sockets": number,
        "subscriptions on each": int(are_subscribed),
        "opened a second": round(number / opening),
        "alive at the end": alive,
        "KiB a socket, just opened": round((opened - before) / number / 1024, 1),
        "KiB a socket, at the end": round((after - before) / number / 1024, 1),
        "idle seconds": seconds,
        "server cpu %, idle": round(idle_cpu, 1),
        "server rss MiB before": round(before / 2**20, 1),
        "server rss MiB with all": round(after / 2**20, 1),
        "server rss MiB when all are gone": round(server.memory() / 2**20, 1),
        "heard at the end": len(delays) if are_subscribed else "-",
        **(delays_of(delays, "delay") if delays else {}),
    }


async def open_all(
    server: CountedServer, crowd: Crowd, number: int, are_subscribed: bool, heard: dict[RawSocket, float]
) -> list[RawSocket]:
    """Open so many sockets, spread over all people."""
    gate = asyncio.Semaphore(AT_ONCE)

    def hear(socket: RawSocket, message: bytes, at: float) -> None:
        assert b'"type":"next"' in message, message[:300]
        assert b'"errors"' not in message, message[:300]
        heard[socket] = at

    async def open_one(at: int) -> RawSocket:
        person = at % PEOPLE
        async with gate:
            socket = await open_socket(server.socket_url, hear)
            await socket.log_in(crowd.tokens[person])
            if are_subscribed:
                socket.subscribe(FOLLOW, conversationId=crowd.group_of(person), afterSequence=0)
            return socket

    return await asyncio.gather(*(open_one(at) for at in range(number)))


async def count_alive(sockets: list[RawSocket]) -> int:
    """Return how many answer a ping of the protocol."""
    before = [socket.pongs for socket in sockets]
    for socket in sockets:
        if not socket.is_lost.is_set():
            socket.say({"type": "ping"})
    deadline = time.monotonic() + LIVE_WITHIN
    while True:
        alive = sum(socket.pongs > pongs for socket, pongs in zip(sockets, before, strict=True))
        if alive == len(sockets) or time.monotonic() > deadline:
            return alive
        await asyncio.sleep(0.1)


async def wake_all(
    server: CountedServer, crowd: Crowd, sockets: list[RawSocket], heard: dict[RawSocket, float]
) -> list[float]:
    """Say something in every group; return how long it took to each socket."""
    heard.clear()
    sent_at: dict[str, float] = {}
    for pair, group in enumerate(crowd.groups):
        caller = Caller(server.url, crowd.tokens[pair * PAIR])
        sent_at[group] = time.perf_counter()
        input = {"conversationId": group, "content": "Still there?", "clientId": f"{pair:032x}"}
        answer = await caller.ask(SEND, input=input)
        assert answer["data"]["sendMessage"]["__typename"] == "Message", answer
        await caller.close()
    deadline = time.monotonic() + LIVE_WITHIN
    while len(heard) < len(sockets) and time.monotonic() < deadline:  # noqa: ASYNC110 # heard by callbacks
        await asyncio.sleep(0.1)
    people = {socket: at % PEOPLE for at, socket in enumerate(sockets)}
    return [at - sent_at[crowd.group_of(people[socket])] for socket, at in heard.items()]
