"""Stalled: fifty sockets stop reading while their group talks on; they are closed, and cost little until then."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from graphql_api.live.close_codes import SLOW
from tests.benchmarks.counted_server import CountedServer
from tests.benchmarks.crowd import gather_crowd
from tests.benchmarks.load_fan_out import Follower, count_faults, delays_of, follow, speak, until_all_have
from tests.benchmarks.raw_sockets import Caller, RawSocket, open_socket
from tests.graphql_api.messaging.documents import FOLLOW

STALLED, READERS, SPEAKERS = 50, 5, 20
#: Long messages, so that what the kernel holds for a socket is soon full.
LENGTH = 4_000
#: The server waits some seconds for a client to read its close code; whoever does not is cut off.
CUT_OFF = 1006
#: Small, so that little of what is not read lies in the kernel.
RECEIVE_BUFFER = 8 * 1024


async def measure(server: CountedServer, *, rate: float, seconds: float, say: Any) -> dict[str, Any]:
    """Return the figures of one run."""
    crowd = await asyncio.to_thread(gather_crowd, server, STALLED + READERS, STALLED + READERS)
    sent_at: dict[str, float] = {}
    delays: list[float] = []
    ears = [Follower(sent_at, delays) for _ in range(READERS)]
    readers = await follow(server, crowd, ears)
    stalled = [await _stall(server, crowd.tokens[READERS + at], crowd.groups[0]) for at in range(STALLED)]
    await asyncio.sleep(1)

    before = server.memory()
    server.forget_peak()
    callers = [Caller(server.url, crowd.tokens[at]) for at in range(SPEAKERS)]
    number = round(rate * seconds)
    began = time.perf_counter()
    speaking = asyncio.create_task(speak(callers, crowd.groups[0], number, rate, sent_at, text="x" * LENGTH))
    while not speaking.done():
        await asyncio.wait([speaking], timeout=5)
        say(f"{len(delays) // READERS} of {number} said, {server.memory() / 2**20:.0f} MiB")
    answers, refusals = await speaking
    spoken = time.perf_counter() - began
    await until_all_have(ears, number)
    peak = server.memory("VmHWM")
    codes = await _read_on(stalled)
    await asyncio.sleep(2)
    after = server.memory()
    for socket in (*readers, *stalled):
        socket.transport.abort()
    for caller in callers:
        await caller.close()
    return {
        "stalled sockets": STALLED,
        "messages": number,
        "messages a second": round(number / spoken, 1),
        "bytes of a message": LENGTH,
        f"closed with {SLOW}": codes.count(SLOW),
        "cut off without reading": codes.count(CUT_OFF),
        "still open": codes.count(None),
        "codes": {str(code): codes.count(code) for code in sorted(set(codes), key=str)},
        "MiB a stalled socket at the most": round((peak - before) / STALLED / 2**20, 2),
        "MiB a stalled socket afterwards": round((after - before) / STALLED / 2**20, 2),
        "sent again after a refusal": len(refusals),
        "readers' faults": count_faults(ears, number),
        **delays_of(delays, "readers' delay"),
        **delays_of(answers, "answer to the sender"),
    }


async def _stall(server: CountedServer, token: str, group: str) -> RawSocket:
    """Return a socket that follows the group and reads nothing from now on."""
    socket = await open_socket(server.socket_url, receive_buffer=RECEIVE_BUFFER)
    await socket.log_in(token)
    socket.subscribe(FOLLOW, conversationId=group, afterSequence=0)
    socket.transport.pause_reading()
    return socket


async def _read_on(stalled: list[RawSocket]) -> list[int | None]:
    """Read what lies in the kernel; return the code that each socket was closed with, None where it is open."""
    for socket in stalled:
        socket.transport.resume_reading()
    waiting = [asyncio.create_task(socket.is_lost.wait()) for socket in stalled]
    await asyncio.wait(waiting, timeout=10)
    for task in waiting:
        task.cancel()
    return [(socket.close_code or CUT_OFF) if socket.is_lost.is_set() else None for socket in stalled]
