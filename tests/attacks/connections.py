"""Attacks that hold a connection: clients that do not read, and heads that do not end."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

from tests.attacks.attack import MIB, Attack, Outcome, Town

CLIENTS = 8
#: Seconds after which a client that reads nothing is cut off, with patience for a busy machine.
PATIENCE = 60
#: How much more memory may be held when they have come twice again: what they leave behind must not add up.
MAX_GROWTH = 128 * MIB


def request_for(town: Town, document: str) -> bytes:
    """Return a request as its bytes."""
    body = json.dumps({"query": document}).encode()
    head = f"POST /graphql/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Content-Type: application/json\r\n\r\n" + body


def clients_that_do_not_read(town: Town) -> Outcome:
    sent = request_for(town, f"{{ {town.pages_of_roles(50)} }}") * 3
    alive = _come_and_do_not_read(town, sent)
    before = town.server.memory()
    alive += sum(_come_and_do_not_read(town, sent) for _ in range(2))
    grown = town.server.memory() - before
    said = f"{3 * CLIENTS - alive} of {3 * CLIENTS} cut off"
    return Outcome(said, grown, faults=[f"{alive} are kept"] if alive else [])


def _come_and_do_not_read(town: Town, sent: bytes) -> int:
    """Return how many clients, who send and do not read, are still connected in the end."""
    clients = []
    for _ in range(CLIENTS):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", town.server.port))
        client.sendall(sent)
        clients.append(client)
    return _wait_until_cut(clients, town.server.port)


def _wait_until_cut(clients: list[socket.socket], server_port: int) -> int:
    """Return how many of the clients, who read nothing, are still connected in the end."""
    deadline = time.monotonic() + PATIENCE
    left = list(clients)
    while left and time.monotonic() < deadline:
        time.sleep(1)
        left = [client for client in left if _is_open(client, server_port)]
    for client in clients:
        client.close()
    return len(left)


def _is_open(client: socket.socket, server_port: int) -> bool:
    """Tell whether the server holds its end: what it has closed is the system's, however much is still unread."""
    ends = f":{server_port:04X} 0100007F:{client.getsockname()[1]:04X} 01 "
    return any(ends in line for line in Path("/proc/net/tcp").read_text().splitlines())


def dripping_second_head(town: Town) -> Outcome:
    with socket.create_connection(("127.0.0.1", town.server.port), timeout=PATIENCE) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while b'"ok"' not in client.recv(4096):
            pass
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        began = time.monotonic()
        client.settimeout(1)
        while time.monotonic() - began < PATIENCE:
            try:
                client.sendall(b"X")
                if client.recv(100) == b"":
                    return Outcome(f"cut off after {time.monotonic() - began:.0f} s")
            except TimeoutError:
                continue
            except OSError:
                return Outcome(f"cut off after {time.monotonic() - began:.0f} s")
    return Outcome("kept", faults=["the second head drips on"])


ATTACKS = [
    Attack(f"{CLIENTS} clients that read nothing (growth)", clients_that_do_not_read, max_bytes=MAX_GROWTH),
    Attack("a second head that drips", dripping_second_head),
]
