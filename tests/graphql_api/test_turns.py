"""Turns: so many mutations at once and no more; who waits for one is refused when all others wait in vain."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError

from domains.base.errors import Refused
from graphql_api import turns as module
from graphql_api.turns import Turns


class LockNotAvailable(Exception):
    """As psycopg says that a lock was not to be had."""

    sqlstate = "55P03"


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    monkeypatch.setattr(module, "POLL", 0.02)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(10) as threads:
        yield threads


def want_what_is_held(seconds: float) -> None:
    time.sleep(seconds)
    raise OperationalError from LockNotAvailable()


def wait_in_vain(turns: Turns, seconds: float) -> str:
    try:
        with turns.one():
            want_what_is_held(seconds)
    except OperationalError:
        return "in vain"
    return "done"


def take(turns: Turns, seconds: float = 0.0) -> str:
    try:
        with turns.one():
            time.sleep(seconds)
            return "done"
    except Refused as refused:
        return str(refused.problems[0].code)


def test_no_more_than_so_many_are_at_work_and_all_get_their_turn(pool: ThreadPoolExecutor) -> None:
    turns, lock, at_work, most = Turns(3), threading.Lock(), 0, 0

    def act(_: int) -> None:
        nonlocal at_work, most
        with turns.one():
            with lock:
                at_work += 1
                most = max(most, at_work)
            time.sleep(0.2)
            with lock:
                at_work -= 1

    list(pool.map(act, range(10)))
    assert most == 3, "though each waited longer than the patience"


def test_who_waits_while_others_wait_in_vain_is_refused(pool: ThreadPoolExecutor) -> None:
    turns = Turns(2)
    stuck = [pool.submit(wait_in_vain, turns, 0.5) for _ in range(6)]
    time.sleep(0.1)
    late = pool.submit(take, turns)
    outcomes = [one.result(timeout=10) if not one.exception(timeout=10) else "CONFLICT" for one in stuck]
    assert outcomes.count("in vain") >= 2
    assert late.result(timeout=10) in {"CONFLICT", "done"}
    assert "CONFLICT" in {*outcomes, late.result()}
    assert take(turns) == "done", "all turns came back"


def test_nobody_waits_for_ever(pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST", 0.5)
    turns = Turns(1)
    slow = pool.submit(take, turns, 1.5)
    time.sleep(0.1)
    assert take(turns) == "CONFLICT"
    assert slow.result(timeout=10) == "done"
