"""Fan-out: everybody of a large group follows it; a few of them speak, at a steady pace."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

import orjson

from tests.benchmarks.counted_server import CountedServer
from tests.benchmarks.crowd import Crowd, gather_crowd
from tests.benchmarks.raw_sockets import Caller, RawSocket, open_socket
from tests.graphql_api.messaging.documents import FOLLOW, SEND

SPEAKERS = 20
#: How many sockets are opened at once.
AT_ONCE = 20
#: How many seconds without any delivery mean that no more will come.
PATIENCE = 15
#: How many seconds the last deliveries may take at the most.
MAX_PATIENCE = 120
WARM_UP = 20
MAX_TRIES = 20
TEXT = "We meet at the gate at nine; bring gloves, and water for two hours. "


class Follower:
    """Counts what arrives over one socket, and how long each message took."""

    def __init__(self, sent_at: dict[str, float], delays: list[float]) -> None:
        self.sequences: list[int] = []
        self.faults: list[str] = []
        self._sent_at, self._delays = sent_at, delays

    def hear(self, socket: RawSocket, message: bytes, at: float) -> None:
        """Take one delivery."""
        heard = orjson.loads(message)
        if heard["type"] != "next" or "errors" in heard["payload"]:
            self.faults.append(message[:300].decode())
            return
        event = heard["payload"]["data"]["conversationEvents"]
        self.sequences.append(event["sequence"])
        sent_at = self._sent_at.get(event["message"]["clientId"])
        if sent_at is not None:
            self._delays.append(at - sent_at)


async def measure(server: CountedServer, *, followers: int, rate: float, seconds: float) -> dict[str, Any]:
    """Return the figures of one run on the server."""
    crowd = await asyncio.to_thread(gather_crowd, server, followers, followers)
    sent_at: dict[str, float] = {}
    delays: list[float] = []
    ears = [Follower(sent_at, delays) for _ in range(followers)]
    sockets = await follow(server, crowd, ears)
    callers = [Caller(server.url, token) for token in crowd.tokens[:SPEAKERS]]

    await speak(callers, crowd.groups[0], WARM_UP, rate, {})
    await until_all_have(ears, WARM_UP)
    statements, server_cpu, client_cpu = server.statements(), server.cpu_seconds(), time.process_time()
    began = time.perf_counter()
    number = round(rate * seconds)
    answers, refusals = await speak(callers, crowd.groups[0], number, rate, sent_at)
    spoken = time.perf_counter() - began
    await until_all_have(ears, WARM_UP + number)
    elapsed = time.perf_counter() - began
    statements = server.statements() - statements
    figures = {
        "followers": followers,
        "messages": number,
        "messages a second": round(number / spoken, 1),
        "deliveries": len(delays),
        "deliveries expected": number * followers,
        "lost, doubled or out of order": count_faults(ears, WARM_UP + number),
        **delays_of(delays, "delay"),
        **delays_of(answers, "answer to the sender"),
        "sent again after a refusal": len(refusals),
        "statements a message": round(statements.total() / number, 2),
        "server cpu %": round(100 * (server.cpu_seconds() - server_cpu) / elapsed),
        "client cpu %": round(100 * (time.process_time() - client_cpu) / elapsed),
        "server rss MiB": round(server.memory() / 2**20, 1),
        "statements": top_statements(statements, number),
        "faults": [fault for ear in ears for fault in ear.faults][:5] + refusals[:2],
    }
    for socket in sockets:
        socket.transport.abort()
    for caller in callers:
        await caller.close()
    return figures


async def follow(server: CountedServer, crowd: Crowd, ears: Sequence[Follower]) -> list[RawSocket]:
    """Open a socket for each, logged in and subscribed."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def open_one(person: int) -> RawSocket:
        async with gate:
            socket = await open_socket(server.socket_url, ears[person].hear)
            await socket.log_in(crowd.tokens[person])
            socket.subscribe(FOLLOW, conversationId=crowd.group_of(person), afterSequence=0)
            return socket

    sockets = await asyncio.gather(*(open_one(person) for person in range(len(ears))))
    await asyncio.sleep(2)
    return sockets


async def speak(
    callers: Sequence[Caller],
    group: str,
    number: int,
    rate: float,
    sent_at: dict[str, float],
    text: str = TEXT,
) -> tuple[list[float], list[str]]:
    """Send so many messages, each at its time whether or not the ones before are answered, and again when refused.

    Return how long the answers took, and the refusals.
    """
    began = time.perf_counter()
    answers: list[float] = []
    refusals: list[str] = []

    async def say(at: int) -> None:
        await asyncio.sleep(max(0.0, began + at / rate - time.perf_counter()))
        client_id = str(uuid.uuid4())
        sent_at[client_id] = time.perf_counter()
        input = {"conversationId": group, "content": f"{at} {text}", "clientId": client_id}
        for _ in range(MAX_TRIES):
            answer = await callers[at % len(callers)].ask(SEND, input=input)
            if answer["data"] and answer["data"]["sendMessage"]["__typename"] == "Message":
                answers.append(time.perf_counter() - sent_at[client_id])
                return
            refusals.append(orjson.dumps(answer).decode())
            await asyncio.sleep(0.5)

    await asyncio.gather(*(say(at) for at in range(number)))
    return answers, refusals


async def until_all_have(ears: Sequence[Follower], sequence: int) -> None:
    """Wait until the sequence has arrived everywhere; what is missing when nothing comes any more counts as lost."""
    had, deadline, latest = -1, 0.0, time.monotonic() + MAX_PATIENCE
    while not all(ear.sequences and ear.sequences[-1] >= sequence for ear in ears):
        have = sum(len(ear.sequences) for ear in ears)
        if have > had:
            had, deadline = have, min(latest, time.monotonic() + PATIENCE)
        if time.monotonic() > deadline:
            return
        await asyncio.sleep(0.05)


def count_faults(ears: Sequence[Follower], last: int) -> int:
    """Return how many deliveries are missing, came twice or came too early, and how many errors came."""
    faults = 0
    for ear in ears:
        counted = Counter(ear.sequences)
        faults += sum(counted[sequence] != 1 for sequence in range(1, last + 1))
        faults += sum(one >= next for one, next in zip(ear.sequences, ear.sequences[1:], strict=False))
        faults += len(ear.faults)
    return faults


def delays_of(seconds: Sequence[float], name: str) -> dict[str, float]:
    """Return the percentiles, in milliseconds."""
    ordered = sorted(seconds) or [float("nan")]

    def at(share: float) -> float:
        return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)

    return {f"{name} p50 ms": at(0.5), f"{name} p95 ms": at(0.95), f"{name} p99 ms": at(0.99), f"{name} max ms": at(1)}


def top_statements(statements: Counter[str], messages: int) -> dict[str, float]:
    """Return the most frequent statements and how often each runs for a message."""
    return {" ".join(sql.split())[:160]: round(count / messages, 2) for sql, count in statements.most_common(12)}
