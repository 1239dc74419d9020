"""Check-ins a second through GraphQL beside the plain SQL transaction: `make bench-check-ins`.

Makes a PostgreSQL database of its own (at TEST_POSTGRES_URL) with an event of TICKETS tickets for each round, and
checks each ticket in once: by `checkIn` over HTTP with the contract's document at one server process, and by a
transaction of psycopg on the same database that locks the ticket's row, inserts the scan and updates the row. The
clients, the server and PostgreSQL share the machine. Prints both figures and their ratio for 1 and for 8 clients, and
how long an upload of 1,000 offline scans takes.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg

from tests.event_crowd import EventCrowd
from tests.graphql_api.events.check_in_documents import CHECK_IN, SYNC_CHECK_INS
from tests.live_server import LiveServer
from tests.processes import own_database

TICKETS, WARM_UP = 1_000, 50
CLIENTS = (1, 8)

LOCK = "SELECT id, status, check_in_time, is_inside FROM events_eventticket WHERE id = %s FOR NO KEY UPDATE"
INSERT = """INSERT INTO events_scan (event_id, ticket_id, nonce, direction, outcome, is_recorded_though_invalid,
  device_id, scanned_at, recorded_at) VALUES (%s, %s, %s, 'ENTRY', 'ADMITTED', FALSE, '', %s, %s)"""
UPDATE = "UPDATE events_eventticket SET check_in_time = %s, is_inside = TRUE, last_passed_at = %s WHERE id = %s"

#: Checks the ticket with this number in.
Act = Callable[[int], None]


def main() -> int:
    with own_database(f"mishmob_bench_{os.getpid()}") as url:
        server = LiveServer("bench-check-ins", DATABASE_URL=url, RATE_LIMITS="off")
        server.start()
        try:
            for clients in CLIENTS:
                compare(server, url, clients)
            print(f"An upload of {TICKETS:,} offline scans takes {upload(server):.2f} s.")
        finally:
            server.kill()
    return 0


def compare(server: LiveServer, url: str, clients: int) -> None:
    """Print how many check-ins a second each way makes."""
    made = [EventCrowd.at(server, tickets=TICKETS + WARM_UP) for _ in range(2)]
    by_sql = run([by_plain_sql(url, made[0]) for _ in range(clients)])
    began = server.cpu_seconds()
    by_api = run([by_graphql(server, made[1]) for _ in range(clients)])
    processor = 1000 * (server.cpu_seconds() - began) / (TICKETS + WARM_UP)
    rates = [TICKETS / seconds for seconds, _ in (by_sql, by_api)]
    word = "client" if clients == 1 else "clients"
    print(f"{clients} {word}, {TICKETS:,} check-ins:")
    for name, rate, (_, each) in zip(("plain SQL", "checkIn over HTTP"), rates, (by_sql, by_api), strict=True):
        print(f"  {name:18} {rate:7.0f} a second, median {1000 * statistics.median(each):.1f} ms")
    print(f"  ratio {rates[0] / rates[1]:.1f}; the server takes {processor:.1f} ms of the processor for a check-in")


def run(acts: Sequence[Act]) -> tuple[float, list[float]]:
    """Check every ticket in once, each by one of the clients; return the seconds in all, and those of each."""
    for number in range(WARM_UP):
        acts[number % len(acts)](number)
    numbers, took = itertools.count(WARM_UP), []

    def work(act: Act) -> None:
        while (number := next(numbers)) < TICKETS + WARM_UP:
            began = time.perf_counter()
            act(number)
            took.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, args=[act]) for act in acts]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(took) == TICKETS
    return time.perf_counter() - began, took


def by_plain_sql(url: str, crowd: EventCrowd) -> Act:
    """Return a client of the database."""
    connection = psycopg.connect(url, autocommit=True)
    tickets = "SELECT id FROM events_eventticket WHERE event_id = %s ORDER BY id"
    ids = [key for (key,) in connection.execute(tickets, [crowd.pk]).fetchall()]

    def act(number: int) -> None:
        ticket_id, now = ids[number], datetime.now(UTC)
        with connection.transaction():
            connection.execute(LOCK, [ticket_id]).fetchone()
            connection.execute(INSERT, [crowd.pk, ticket_id, str(uuid4()), now, now])
            connection.execute(UPDATE, [now, now, ticket_id])

    return act


def by_graphql(server: LiveServer, crowd: EventCrowd) -> Act:
    """Return a client of the API with a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {crowd.scanners[0]}"}

    def act(number: int) -> None:
        body = json.dumps({"query": CHECK_IN, "variables": {"input": crowd.scan(number)}})
        connection.request("POST", "/graphql/", body, headers)
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        assert answer["data"]["checkIn"]["outcome"] == "ADMITTED", answer

    return act


def upload(server: LiveServer) -> float:
    """Return how many seconds an upload of offline scans takes."""
    crowd, now = EventCrowd.at(server, tickets=TICKETS), datetime.now(UTC).isoformat()
    scans = [{"code": code, "nonce": str(uuid4()), "scannedAt": now} for code in crowd.codes]
    began = time.perf_counter()
    wish = {"eventId": crowd.event, "deviceId": "bench", "scans": scans}
    answer = server.ask(SYNC_CHECK_INS, crowd.scanners[0], input=wish)
    assert answer["data"]["syncCheckIns"]["admitted"] == TICKETS, answer
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
