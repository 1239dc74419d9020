"""Kills everything in turn while people talk: `make faults`, or `python -m tests.benchmarks.soak --minutes 10`.

Two writers, who also edit, delete and react, and ten readers, spread over two web processes, on PostgreSQL
(TEST_POSTGRES_URL) and a Redis of its own without persistence. Beside them one follows `inboxEvents`, one
`notificationReceived`, and one is removed from the group and added again now and then. Every 30 s one of them is killed
by `kill -9` and started again: a web process, Redis (which comes back empty), the Celery worker. At the end the log in
the database, what the writers were told and what each of the others heard must be the same, once and in order; whoever
was removed must have heard nothing until they were added, and each reader must have been live again within 10 s of each
repair; and `manage.py check_invariants` must find nothing. The exit status is 1 where anything is not so.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.soak_audit import (
    LIVE_WITHIN,
    Fault,
    broken_invariants,
    differences,
    leaks,
    read_log,
    recoveries,
    violations,
)
from tests.benchmarks.soak_followers import Follower, InboxFollower, NotificationFollower
from tests.benchmarks.soak_people import Actor, Host, Reader, Writer
from tests.chat import Person
from tests.live_server import LiveServer
from tests.processes import OwnRedis, Worker, own_database

WRITERS, READERS = 2, 10
#: Seconds between two messages of a writer, on average.
PAUSE = 0.2
#: Seconds that somebody is in the group before they are removed, on average: at most 60 times in ten minutes.
STAY = 10.0
#: So many notifications must come in a minute, so that there is something to lose.
FEWEST_NOTIFICATIONS = 8
#: How long what was killed stays away.
AWAY = 3.0
#: How long the readers may take to have everything in the end, and the worker to tell what was not told.
SETTLE = 30


@dataclass
class Stage:
    """What runs, and may be killed."""

    servers: list[LiveServer]
    redis: OwnRedis
    worker: Worker
    faults: list[Fault] = field(default_factory=list)

    def kinds(self) -> Iterator[tuple[str, Callable[[], Any], Callable[[], Any]]]:
        """Yield, for ever, what to kill next: its name, how to kill it, how to start it again."""
        servers = itertools.cycle(enumerate(self.servers, 1))
        while True:
            number, server = next(servers)
            yield f"web process {number}", server.kill, server.start
            yield "Redis", self.redis.kill, self.redis.start
            yield "worker", self.worker.kill, self.worker.start

    async def break_things(self, *, every: float, until: float, say: Callable[[str], None]) -> None:
        """Kill the next thing every so many seconds, and start it again."""
        for what, kill, start in self.kinds():
            await asyncio.sleep(every / 2)
            if time.monotonic() + every / 2 > until:
                return
            fault = Fault(what, time.monotonic())
            await asyncio.to_thread(kill)
            say(f"killed: {what}")
            await asyncio.sleep(AWAY)
            await asyncio.to_thread(start)
            fault.repaired_at = time.monotonic()
            self.faults.append(fault)
            say(f"there again: {what}")
            await asyncio.sleep(max(0.0, fault.killed_at + every / 2 - time.monotonic()))


@contextlib.contextmanager
def on_stage() -> Iterator[Stage]:
    """Start everything; all of it is ended in the end, by its process id."""
    redis = OwnRedis()
    redis.start()
    with contextlib.ExitStack() as stack:
        stack.callback(redis.kill)
        folder = Path(stack.enter_context(TemporaryDirectory()))
        environ = {
            "DATABASE_URL": stack.enter_context(own_database(f"mishmob_soak_{os.getpid()}")),
            "REDIS_URL": redis.url,
            "EMAIL_URL": f"filemail://{folder / 'mail'}",
            "STORAGE_URL": f"file://{folder / 'media'}",
        }
        servers = [LiveServer(f"soak-{number}", **environ) for number in (1, 2)]
        servers[0].manage("load_demo")
        worker = Worker(servers[0], folder)
        stack.callback(worker.kill)
        for server in servers:
            stack.callback(server.kill)
            server.start()
        worker.start()
        yield Stage(servers, redis, worker)


@dataclass
class Cast:
    """Everybody who takes part in the one conversation."""

    conversation: str
    writers: list[Writer]
    readers: list[Reader]
    host: Host
    guest: Reader
    inbox: InboxFollower
    notified: NotificationFollower

    @classmethod
    def gather(cls, servers: list[LiveServer]) -> tuple[Cast, str]:
        """Let them begin a group; return them, and the id of the guest."""
        emails = json.loads(servers[0].run(_GATHER.format(number=WRITERS + READERS + 3)).splitlines()[-1])
        people = [Person.log_in(servers[0], email) for email in emails]
        conversation = people[0].start_group(servers[0], *people[1:])
        places = itertools.cycle(servers)
        guest, inbox, notified = emails[-3:]
        cast = cls(
            conversation=conversation,
            writers=[Writer(next(places), email) for email in emails[:WRITERS]],
            readers=[Reader(next(places), email) for email in emails[WRITERS:-3]],
            host=Host(next(places), emails[0]),
            guest=Reader(next(places), guest),
            inbox=InboxFollower(next(places), inbox, conversation_id=conversation),
            notified=NotificationFollower(next(places), notified),
        )
        return cast, people[-3].id

    @property
    def followers(self) -> list[Follower]:
        """Those who follow everything of theirs."""
        return [self.inbox, self.notified]

    @property
    def actors(self) -> list[Actor]:
        """Those who do things."""
        return [*self.writers, self.host, self.notified]

    def head(self) -> int:
        """The last sequence that a reader has."""
        return max(reader.last for reader in self.readers)

    def has_all(self, log: dict[str, Any]) -> bool:
        """Return whether everybody has everything."""
        everybody: list[Reader | InboxFollower] = [*self.readers, self.guest, self.inbox]
        return all(one.last >= log["head"] for one in everybody) and set(self.notified.told) >= set(
            log["notifications"]
        )

    def violations(self, log: dict[str, Any]) -> Iterator[str]:
        """Yield a sentence for everything that is not as it must be."""
        yield from violations(log, self.writers, self.readers)
        yield from differences(log, "who was removed and added", self.guest.events)
        yield from leaks(log, self.host, self.guest)
        yield from differences(log, "who follows the inbox", self.inbox.events)
        for follower in self.followers:
            yield from follower.faults
        if self.notified.told != log["notifications"] or len(self.notified.told) < FEWEST_NOTIFICATIONS:
            yield f"told were {log['notifications']}, and {self.notified.told} arrived"


async def soak(stage: Stage, *, minutes: float, every: float, say: Callable[[str], None]) -> dict[str, Any]:
    """Let them write and read while things die; return the report."""
    cast, guest_id = Cast.gather(stage.servers)
    enough = asyncio.Event()
    until = time.monotonic() + minutes * 60
    reading = [asyncio.create_task(reader.read(cast.conversation)) for reader in (*cast.readers, cast.guest)]
    reading += [asyncio.create_task(follower.follow()) for follower in cast.followers]
    reading.append(asyncio.create_task(cast.notified.read(cast.conversation, cast.head, enough)))
    writing = [asyncio.create_task(writer.write(cast.conversation, PAUSE, enough)) for writer in cast.writers]
    writing.append(asyncio.create_task(cast.host.move(cast.conversation, guest_id, STAY, enough)))
    watching = asyncio.create_task(_watch(cast, say))
    await stage.break_things(every=every, until=until, say=say)
    await asyncio.sleep(max(0.0, until - time.monotonic()))
    enough.set()
    await asyncio.wait_for(asyncio.gather(*writing), SETTLE)
    log = await _settled(stage, cast)
    for task in (*reading, watching):
        task.cancel()
    await asyncio.gather(*reading, watching, return_exceptions=True)
    found = report(stage.faults, log, cast)
    found["violations"] += await asyncio.to_thread(broken_invariants, stage.servers[0])
    return found


def report(faults: list[Fault], log: dict[str, Any], cast: Cast) -> dict[str, Any]:
    """Return what was found, with a sentence for each violation."""
    writers, readers = cast.writers, cast.readers
    found = list(cast.violations(log))
    slowest: dict[str, list[float]] = {}
    for fault, seconds in recoveries(faults, writers, readers):
        slowest.setdefault(fault.what, []).append(round(max(seconds), 2))
        if max(seconds) > LIVE_WITHIN:
            late = [number for number, one in enumerate(seconds) if one > LIVE_WITHIN]
            found.append(f"readers {late} were not live within {LIVE_WITHIN:g} s after {fault.what} was there again")
    if not faults:
        found.append("nothing was killed")
    tried_at = {client_id: at for writer in writers for client_id, at in writer.tried_at.items()}
    sent = [event for reader in readers for event in reader.events if event.kind == "MessageSent"]
    delays = sorted(event.at - tried_at[event.about] for event in sent)
    everybody: list[Reader | Follower] = [*readers, cast.guest, *cast.followers]
    return {
        "rows of the log": log["head"],
        "of each kind": dict(Counter(kind for _, kind, _ in log["log"])),
        "deliveries": sum(len(reader.events) for reader in readers),
        "deliveries to who follows the inbox, and to who is removed": [
            len(one.events) for one in (cast.inbox, cast.guest)
        ],
        "notifications": len(log["notifications"]),
        "times out": len(cast.host.added_at),
        "done again": sum(actor.repeats for actor in cast.actors),
        "refusals": [refusal for actor in cast.actors for refusal in actor.refusals][:5],
        "connections": sum(one.connections for one in everybody),
        "kills": len(faults),
        "seconds until the last reader was live after each repair": slowest,
        "delay p50 s": round(delays[len(delays) // 2], 3),
        "delay p99 s": round(delays[int(len(delays) * 0.99)], 3),
        "delay max s": round(delays[-1], 3),
        "why sockets ended": sorted({end for one in everybody for end in one.ends}),
        "violations": found,
    }


#: People of a group of their own: the demo community is others' to talk with.
_GATHER = """
import json
from tests.factories import UserFactory
print(json.dumps([user.email for user in UserFactory.create_batch({number}, password=None)]))
"""


async def _settled(stage: Stage, cast: Cast) -> dict[str, Any]:
    """Return the log once everybody has all of it and every fact is told, or when patience is over."""
    deadline = time.monotonic() + SETTLE
    while True:
        log = await asyncio.to_thread(read_log, stage.servers[0], cast.conversation, cast.notified.email)
        if (cast.has_all(log) and not log["untold"]) or time.monotonic() > deadline:
            return log
        await asyncio.sleep(0.5)


async def _watch(cast: Cast, say: Callable[[str], None]) -> None:
    while True:
        await asyncio.sleep(10)
        said = sum(len(writer.sequences) for writer in cast.writers)
        behind = [reader.last for reader in cast.readers]
        told = f"the inbox {cast.inbox.last}, {len(cast.notified.told)} notifications"
        say(f"{said} acknowledged; the readers have {min(behind)} to {max(behind)}, {told}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=float(os.environ.get("MINUTES", "10")))
    parser.add_argument("--every", type=float, help="seconds between two kills; 30, or less in less than two minutes")
    parser.add_argument("--json", type=Path, help="write the report there too")
    given = parser.parse_args()
    every = given.every or min(30.0, given.minutes * 60 / 4)

    def say(what: str) -> None:
        print(time.strftime("%H:%M:%S"), what, flush=True)

    say("starting two web processes, Redis and the worker")
    with on_stage() as stage:
        found = asyncio.run(soak(stage, minutes=given.minutes, every=every, say=say))
    for name, value in found.items():
        print(f"{name}: {json.dumps(value, ensure_ascii=False)}")
    if given.json:
        given.json.write_text(json.dumps(found, indent=2))
    print("FAILED" if found["violations"] else "Nothing lost, nothing doubled, all in order.")
    return bool(found["violations"])


if __name__ == "__main__":
    sys.exit(main())
