"""How the live path bears load: `make load`, or `python -m tests.benchmarks.load fan-out idle stalled --json FILE`.

Each part starts servers of its own, with databases of their own, and ends them: on SQLite with the in-memory layer;
and, where PostgreSQL (TEST_POSTGRES_URL) and Redis (TEST_REDIS_URL) answer, on PostgreSQL with either layer.
SECONDS=… shortens or lengthens the parts. The exit status is 1 where a delivery was lost, doubled or out of order, a
socket died, or statements grew with the number of followers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import redis

from tests.benchmarks import load_fan_out, load_idle, load_stalled
from tests.benchmarks.counted_server import CountedServer
from tests.benchmarks.crowd import running_server
from tests.made_databases import POSTGRES_URL
from tests.processes import own_database

REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379")
SETUPS = {
    "embedded": "SQLite, in-memory layer",
    "postgres": "PostgreSQL, in-memory layer",
    "services": "PostgreSQL, Redis",
}
#: The goal for an idle socket.
MAX_KIB = 60.0
#: What a stalled socket may cost before it is closed.
MAX_MIB = 5.0
#: How many statements more a message may cost with ten times the followers.
MAX_MORE_STATEMENTS = 1.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", default=list(PARTS), help="fan-out, idle, stalled")
    parser.add_argument("--on", default=",".join(SETUPS), help="embedded, postgres, services; by commas")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    given = parser.parse_args()
    if unknown := set(given.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    allow_many_files()
    figures: dict[str, list[dict[str, Any]]] = {}
    for part in given.parts:
        figures[part] = PARTS[part](those_that_answer(given.on.split(",")))
        print_table(part, figures[part])
    if given.json:
        given.json.write_text(json.dumps({"load of the machine": os.getloadavg(), **figures}, indent=2))
    failures = [failure for part, rows in figures.items() for failure in FAILURES[part](rows)]
    for failure in failures:
        print(f"FAILED: {failure}")
    return bool(failures)


def those_that_answer(setups: list[str]) -> list[str]:
    """Return the setups whose services answer; say which are left out."""
    found = []
    for setup in setups:
        try:
            if setup != "embedded":
                psycopg.connect(f"{POSTGRES_URL}/postgres", connect_timeout=3).close()
            if setup == "services":
                redis.Redis.from_url(REDIS_URL).ping()
        except (psycopg.OperationalError, redis.ConnectionError) as error:
            say(f"left out: {SETUPS[setup]}, for {error}")
        else:
            found.append(setup)
    return found


def fan_out(setups: list[str]) -> list[dict[str, Any]]:
    """20 and 200 followers on each setup."""
    rows = []
    for setup in setups:
        for followers, seconds in ((20, min(10.0, seconds_for(30))), (200, seconds_for(30))):
            say(f"fan-out on {SETUPS[setup]}: {followers} followers, 20 messages a second for {seconds:g} s")
            with server_on(setup) as server:
                found = asyncio.run(load_fan_out.measure(server, followers=followers, rate=20, seconds=seconds))
            rows.append({"setup": SETUPS[setup], **found})
            say(", ".join(f"{name}: {rows[-1][name]}" for name in ("deliveries", "delay p50 ms", "delay p99 ms")))
    return rows


def fan_out_failures(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        if row["lost, doubled or out of order"] or row["deliveries"] != row["deliveries expected"]:
            yield f"{row['setup']}, {row['followers']} followers: {row['faults'] or 'deliveries are wrong'}"
    for few, many in zip(rows[::2], rows[1::2], strict=True):
        more = many["statements a message"] - few["statements a message"]
        if more > MAX_MORE_STATEMENTS:
            yield f"{few['setup']}: {more:.1f} statements a message more with {many['followers']} followers"


def idle(setups: list[str]) -> list[dict[str, Any]]:
    """Two thousand sockets, with a subscription each and without; on the last of the setups alone."""
    rows = []
    for are_subscribed in (True, False):
        setup, seconds = setups[-1], seconds_for(120)
        say(f"idle on {SETUPS[setup]}: {'a subscription on each socket' if are_subscribed else 'logged in only'}")
        with server_on(setup) as server:
            measured = load_idle.measure(server, are_subscribed=are_subscribed, seconds=seconds, say=say)
            rows.append({"setup": SETUPS[setup], **asyncio.run(measured)})
    return rows


def idle_failures(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        if row["alive at the end"] != row["sockets"] or row["heard at the end"] not in {row["sockets"], "-"}:
            yield f"of {row['sockets']} sockets {row['alive at the end']} lived, {row['heard at the end']} heard"
        if row["KiB a socket, at the end"] > MAX_KIB:
            yield f"an idle socket takes {row['KiB a socket, at the end']} KiB, more than {MAX_KIB:g}"


def stalled(setups: list[str]) -> list[dict[str, Any]]:
    """Fifty sockets that stop reading, on the last of the setups alone."""
    setup, seconds = setups[-1], seconds_for(10)
    say(f"stalled on {SETUPS[setup]}: 200 messages a second for {seconds:g} s")
    with server_on(setup) as server:
        return [
            {"setup": SETUPS[setup], **asyncio.run(load_stalled.measure(server, rate=200, seconds=seconds, say=say))}
        ]


def stalled_failures(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        if row["closed with 4410"] + row["cut off without reading"] != row["stalled sockets"]:
            yield f"stalled sockets were not all put out: {row['codes']}"
        if row["MiB a stalled socket at the most"] > MAX_MIB:
            yield f"a stalled socket takes {row['MiB a stalled socket at the most']} MiB"
        if row["readers' faults"]:
            yield "those who read did not get everything once and in order"


PARTS = {"fan-out": fan_out, "idle": idle, "stalled": stalled}
FAILURES = {"fan-out": fan_out_failures, "idle": idle_failures, "stalled": stalled_failures}


@contextmanager
def server_on(setup: str) -> Iterator[CountedServer]:
    """A running server on one of the SETUPS."""
    if setup == "embedded":
        with running_server("load-embedded") as server:
            yield server
        return
    live = {"REDIS_URL": REDIS_URL} if setup == "services" else {}
    with (
        own_database(f"mishmob_load_{os.getpid()}") as url,
        running_server(f"load-{setup}", DATABASE_URL=url, **live) as server,
    ):
        yield server


def seconds_for(usual: float) -> float:
    """Return how long a part lasts: SECONDS, or as usual."""
    return float(os.environ.get("SECONDS", usual))


def allow_many_files() -> None:
    """Let this process and those it starts open as many sockets as the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def say(what: str) -> None:
    print(time.strftime("%H:%M:%S"), what, flush=True)


def print_table(title: str, rows: list[dict[str, Any]]) -> None:
    """Print one column for each row of figures."""
    print(f"\n== {title}")
    names = [name for name in {**rows[0], **rows[-1]} if not isinstance(rows[0].get(name), dict | list)]
    width = max(map(len, names))
    columns = [max(len(str(row.get(name, "-"))) for name in names) for row in rows]
    for name in names:
        cells = (str(row.get(name, "-")).rjust(size) for row, size in zip(rows, columns, strict=True))
        print(f"{name.ljust(width)}  {'  '.join(cells)}")
    for row in rows[1:2]:
        for what, often in row.get("statements", {}).items():
            print(f"  {often:>8} x {what}")
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main())
