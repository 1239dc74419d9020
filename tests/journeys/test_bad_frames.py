"""Frames and floods that mean harm, against a real server: closed, freed, and nobody else notices."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from typing import Any

import pytest

from tests.benchmarks.raw_sockets import TEXT, frame, open_socket
from tests.live_server import LiveServer
from tests.sockets import opened

BINARY = 0x2
#: Seconds after which nothing more is waited for; a busy machine is slow.
PATIENCE = 30
PING = b'{"type": "ping"}'
SUBSCRIBE = b'{"type": "subscribe", "id": "1", "payload": {"query": "subscription { inboxEvents { __typename } }"}}'


def text(payload: Any) -> bytes:
    return frame(TEXT, payload if isinstance(payload, bytes) else json.dumps(payload).encode())


#: What it is, the bytes after the handshake or after `connection_init`, the code.
BEFORE_INIT = [
    ("an empty list", text(b"[]"), 4400),
    ("null", text(b"null"), 4400),
    ("a number", text(b"1"), 4400),
    ("a string", text(b'"x"'), 4400),
    ("no JSON", text(b"}{"), 4400),
    ("nothing", text(b""), 4400),
    ("20,000 open brackets", text(b"[" * 20_000), 4400),
    ("20,000 nested lists", text(b"[" * 20_000 + b"]" * 20_000), 4400),
    ("20,000 nested objects", text(b'{"a":' * 12_000 + b"1" + b"}" * 12_000), 1009),
    ("65 KiB", text({"type": "ping", "payload": {"pad": "x" * 65 * 1024}}), 1009),
    ("1 MiB", text(b" " * 2**20), 1009),
    ("a binary frame", frame(BINARY, PING), 4400),
    ("an unknown type", text({"type": "start"}), 4400),
    ("an init whose payload is a list", text({"type": "connection_init", "payload": []}), 4400),
    ("an init with a forged token", text({"type": "connection_init", "payload": {"Authorization": "Bearer x"}}), 4403),
    ("subscribe before init", text(SUBSCRIBE), 4401),
    ("no UTF-8", text(b"\xff\xfe"), 1007),
    ("bits that nobody agreed on", bytes([0xF1]) + text(PING)[1:], 1002),
    ("an unmasked frame", b"\x81" + bytes([len(PING)]) + PING, 1002),
    ("a frame that says it has 4 EiB", b"\x81\xff" + (1 << 62).to_bytes(8, "big") + b"\0" * 4, 1009),
    ("a ping of 126 bytes", frame(0x9, b"x" * 126), 1002),
]
AFTER_INIT = [
    ("an empty list", text(b"[]"), 4400),
    ("a payload that is a list", text({"type": "subscribe", "id": "1", "payload": []}), 4400),
    ("an id that is a list", text({"type": "subscribe", "id": [1], "payload": {"query": "{ __typename }"}}), 4400),
    (
        "variables that are a list",
        text({"type": "subscribe", "id": "1", "payload": {"query": "x", "variables": []}}),
        4400,
    ),
    ("a second init", text({"type": "connection_init"}), 4429),
    ("a thousand pings", text(PING) * 1000, 4429),
]
ALL = [(False, *one) for one in BEFORE_INIT] + [(True, *one) for one in AFTER_INIT]


async def close_code_of(server: LiveServer, after_init: bool, bad: bytes) -> int | None:
    """Send the bytes; return the code that the server closes with."""
    socket = await open_socket(server.socket_url)
    await asyncio.wait_for(socket.opened, PATIENCE)
    if after_init:
        await socket.log_in()
    socket.send_bytes(bad)
    await asyncio.wait_for(socket.is_lost.wait(), PATIENCE)
    return socket.close_code


@pytest.mark.parametrize(("after_init", "what", "bad", "code"), ALL, ids=[f"{w}-{a}" for a, w, _, _ in ALL])
async def test_a_bad_frame_closes_its_socket(
    community_server: LiveServer, after_init: bool, what: str, bad: bytes, code: int
) -> None:
    assert await close_code_of(community_server, after_init, bad) == code


async def test_hundreds_of_bad_frames_leave_no_memory_behind_and_no_neighbour_waiting(
    community_server: LiveServer,
) -> None:
    async with opened(community_server.socket_url) as neighbour:
        await neighbour.log_in()
        await send_bad_frames(community_server, 200)
        before = community_server.memory()
        pinging = asyncio.create_task(pongs_of(neighbour.connection, 30))
        await send_bad_frames(community_server, 400)
        await pinging
        grown = community_server.memory() - before
    assert grown < 4 * 2**20, f"{grown / 2**20:.1f} MiB more after 400 bad frames"


async def test_frames_after_a_bad_one_are_not_kept(community_server: LiveServer) -> None:
    """A client that does not answer the close, and goes on sending, is put out."""
    sockets = [await open_socket(community_server.socket_url) for _ in range(20)]
    for socket in sockets:
        await asyncio.wait_for(socket.opened, 5)
        socket._take = lambda *_: None  # type: ignore[method-assign] # it is deaf to the close
    before = community_server.memory()
    for socket in sockets:
        socket.send_bytes(text(b"[]"))
    padding = text({"type": "ping", "payload": {"pad": "x" * 30_000}})
    for _ in range(20):
        for socket in sockets:
            if not socket.is_lost.is_set():
                socket.send_bytes(padding)
        await asyncio.sleep(0.05)
    grown = community_server.memory() - before
    assert grown < 6 * 2**20, f"{grown / 2**20:.1f} MiB for 12 MiB of frames that nobody should read"
    async with asyncio.timeout(20):
        for socket in sockets:
            await socket.is_lost.wait()


async def test_a_byte_now_and_then_is_silence(community_server: LiveServer) -> None:
    socket = await open_socket(community_server.socket_url)
    await asyncio.wait_for(socket.opened, 5)
    began = time.perf_counter()
    for byte in text({"type": "connection_init", "payload": {"pad": "x" * 80}}):
        if socket.is_lost.is_set():
            break
        socket.send_bytes(bytes([byte]))
        await asyncio.wait([asyncio.create_task(socket.is_lost.wait())], timeout=1)
    assert socket.close_code == 4408
    assert time.perf_counter() - began > 9


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ('mutation { a: logIn(input: {email: "a@b.example", password: "x"}) { __typename } '
         'b: logIn(input: {email: "a@b.example", password: "y"}) { __typename } }', "LIMIT_EXCEEDED"),
        ("mutation { " + " ".join(f'm{n}: devLogIn(input: {{email: "x"}}) {{ __typename }}' for n in range(5)) + " }",
         "LIMIT_EXCEEDED"),
        ("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
         "GRAPHQL_VALIDATION_FAILED"),
        ("{ opportunities(first: 101) { edges { node { id } } } }", "BAD_USER_INPUT"),
        ("fragment a on Query { ...b } fragment b on Query { ...a } { ...a }", "GRAPHQL_VALIDATION_FAILED"),
        ("".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }} " for n in range(30))
         + "fragment f30 on Query { __typename } { ...f0 }", "LIMIT_EXCEEDED"),
    ],
    ids=["two guesses", "five mutations", "introspection in circles", "a page too large", "a cycle", "a bomb"],
)  # fmt: skip
async def test_documents_have_the_same_limits_over_sockets_as_over_http(
    community_server: LiveServer, document: str, code: str
) -> None:
    over_http = await asyncio.to_thread(community_server.ask, document)
    async with opened(community_server.socket_url) as socket:
        await socket.log_in()

        await socket.subscribe(document)
        answer = await socket.hear()
        payload = answer["payload"]
        errors = payload if answer["type"] == "error" else payload["errors"]
        assert errors[0]["extensions"]["code"] == over_http["errors"][0]["extensions"]["code"] == code
        assert await socket.is_alive()


async def send_bad_frames(server: LiveServer, number: int) -> None:
    """Send bad frames of every kind, a few at a time."""
    gate = asyncio.Semaphore(10)

    async def send_one(after_init: bool, bad: bytes) -> None:
        async with gate:
            await close_code_of(server, after_init, bad)

    kinds = itertools.islice(itertools.cycle(ALL), number)
    await asyncio.gather(*(send_one(after_init, bad) for after_init, _, bad, _ in kinds))


async def pongs_of(connection: Any, number: int) -> None:
    """Ping as a good client, and wait for each pong."""
    for _ in range(number):
        await connection.send(PING.decode())
        async with asyncio.timeout(PATIENCE):
            while json.loads(await connection.recv())["type"] != "pong":
                pass
        await asyncio.sleep(0.1)
