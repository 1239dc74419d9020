"""Attacks by what the server waits for: a file storage, a Redis, a table or a row that gives no answer.

Each lets a crowd do something unrelated meanwhile, and measures how many were refused and how long the last waited.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg

from tests.attacks.attack import Attack, Outcome
from tests.crowd import Answer, Crowd, all_at_once
from tests.graphql_api.opportunities.documents import APPLY_TO_ROLE
from tests.live_server import LiveServer
from tests.made_databases import POSTGRES_URL
from tests.processes import OwnRedis, SilentStorage, own_database
from tests.trouble import apply_all, held, rush, update_profiles, uploads

CROWD, UPLOADERS, APPLICANTS, SLOTS = 40, 30, 200, 10


def missing() -> str:
    """Return what these attacks need and this machine does not have, or nothing."""
    if shutil.which("redis-server") is None:
        return "there is no program redis-server"
    try:
        psycopg.connect(f"{POSTGRES_URL}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return f"PostgreSQL does not answer at {POSTGRES_URL}"
    return ""


@contextmanager
def services(**environ: str) -> Iterator[tuple[LiveServer, OwnRedis]]:
    """Start a server on a PostgreSQL database and a Redis of its own."""
    redis = OwnRedis()
    with own_database(f"mishmob_attacks_{os.getpid()}") as database:
        redis.start()
        server = LiveServer("attacks-services", DATABASE_URL=database, REDIS_URL=redis.url, **environ)
        server.start()
        try:
            yield server, redis
        finally:
            redis.thaw()
            server.kill()
            redis.kill()


def storage_hangs() -> Outcome:
    storage = SilentStorage()
    try:
        with services(STORAGE_URL=storage.url) as (server, _):
            uploaders, others = Crowd.at(server, UPLOADERS), Crowd.at(server, CROWD)
            with uploads(server, uploaders.people, storage):
                answers = update_profiles(server, others)
            return told(answers, {"User": CROWD})
    finally:
        storage.close()


def redis_hangs() -> Outcome:
    with services() as (server, redis):
        crowd = Crowd.at(server, CROWD, requires_approval=False, slots_available=CROWD)
        redis.freeze()
        return told(apply_all(server, crowd), {"ACCEPTED": CROWD})


def table_is_locked() -> Outcome:
    return beside("LOCK TABLE opportunities_application IN EXCLUSIVE MODE")


def rows_are_locked() -> Outcome:
    return beside("SELECT 1 FROM opportunities_role FOR UPDATE")


def beside(statement: str) -> Outcome:
    """Let a crowd wait for what the statement locks, and return what happens to an unrelated one meanwhile."""
    with services() as (server, _):
        waiting = Crowd.at(server, CROWD, requires_approval=False, slots_available=CROWD)
        others = Crowd.at(server, CROWD)
        database = server.environ["DATABASE_URL"]
        with held(database, statement), rush(server, waiting, database):
            answers = update_profiles(server, others)
        return told(answers, {"User": CROWD})


def many_applicants() -> Outcome:
    with services() as (server, _):
        crowd = Crowd.at(server, APPLICANTS, requires_approval=False, slots_available=SLOTS)
        wishes = [(token, {"roleId": crowd.role, "joinWaitlist": True}) for token in crowd.people]
        answers = all_at_once([server], APPLY_TO_ROLE, wishes)
        return told(answers, {"ACCEPTED": SLOTS, "WAITLISTED": APPLICANTS - SLOTS})


def told(answers: Sequence[Answer], expected: dict[str, int]) -> Outcome:
    """Return how the crowd was answered; anybody who was answered otherwise is a fault."""
    outcomes = Counter(answer.outcome for answer in answers)
    longest = max(answer.seconds for answer in answers)
    said = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items())
    faults = [] if outcomes == expected else [f"not as expected: {expected}"]
    return Outcome(f"{said}; the last after {longest:.1f} s", faults=faults)


def attack(finding: str, act: Callable[[], Outcome]) -> Attack:
    return Attack(finding, lambda _town: act())


ATTACKS = [
    attack("a file storage that hangs", storage_hangs),
    attack("a Redis that hangs", redis_hangs),
    attack("a locked table", table_is_locked),
    attack("locked rows", rows_are_locked),
    attack("200 applicants for 10 slots", many_applicants),
]
