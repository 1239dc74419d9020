"""The mutation gate: a crowd that waits for one thing takes no slot from those who want another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.db import OperationalError

from domains.base import gate_slot
from domains.base.errors import Refused
from graphql_api.checks import gate as module
from graphql_api.checks.gate import GateKeys, MutationGate

#: What nobody who is served in time comes near, however busy the machine.
LONG = 60


class LockNotAvailable(Exception):
    """As psycopg says that a lock was not to be had."""

    sqlstate = "55P03"


class Door:
    """A gate, and the threads that come to it."""

    def __init__(self, threads: ThreadPoolExecutor, **limits: int) -> None:
        self.gate = MutationGate(**{"row": 2, "name": 4, "domain": 5, "at_once": 12, **limits})
        self.threads = threads
        self.let_go = threading.Event()
        self._arrived, self._lock = 0, threading.Lock()
        self.inside: dict[str, int] = {}
        self.most: dict[str, int] = {}

    def send(self, row: str, act: Callable[[], Any] = lambda: None, *, name: str = "apply", domain: str = "a") -> Any:
        """Send a mutation of the row; what becomes of it is the result. It is at the gate when this returns."""
        before = self.at_the_gate
        sent = self.threads.submit(self._pass, row, act, name, domain)
        wait_until(lambda: sent.done() or self.at_the_gate > before or self.inside.get(row, 0))
        return sent

    def hold(self, row: str, **where: str) -> Any:
        """Send a mutation that waits for what somebody else holds, in vain, until `let_go`."""
        return self.send(row, self._wait_in_vain, **where)

    @property
    def at_the_gate(self) -> int:
        with self.gate._mutex:
            group = self.gate._groups.get(("all", None))
            return group.members if group else 0

    def _wait_in_vain(self) -> None:
        assert self.let_go.wait(LONG)
        raise OperationalError from LockNotAvailable()

    def _pass(self, row: str, act: Callable[[], Any], name: str, domain: str) -> str:
        try:
            with self.gate.slot(GateKeys([row], name, domain)):
                self._count(row, 1)
                try:
                    act()
                finally:
                    self._count(row, -1)
        except Refused as refused:
            return str(refused.problems[0].code)
        except OperationalError:
            return "in vain"
        return "done"

    def _count(self, row: str, by: int) -> None:
        with self._lock:
            self.inside[row] = self.inside.get(row, 0) + by
            self.most[row] = max(self.most.get(row, 0), self.inside[row])


def wait_until(is_so: Callable[[], Any]) -> None:
    until = time.monotonic() + LONG
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.005)


def results(sent: list[Future[str]]) -> set[str]:
    return {one.result(timeout=LONG) for one in sent}


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(120) as pool:
        yield pool


@pytest.fixture
def door(threads: ThreadPoolExecutor) -> Iterator[Door]:
    door = Door(threads)
    yield door
    door.let_go.set()
    wait_until(lambda: not door.at_the_gate)
    assert door.gate._groups == {}, "nothing is remembered of those who have gone"


def test_of_one_row_two_at_a_time_are_inside_and_all_get_in(door: Door) -> None:
    sent = [door.send("role", lambda: time.sleep(0.02)) for _ in range(20)]
    assert results(sent) == {"done"}
    assert door.most == {"role": 2}


def test_a_crowd_that_waits_for_one_row_harms_nobody_who_wants_another(door: Door) -> None:
    crowd = [door.hold("held") for _ in range(40)]
    others = [door.send(f"role {number}", name="apply") for number in range(20)]
    others += [door.send(f"talk {number}", name="send", domain="b") for number in range(20)]
    assert results(others) == {"done"}
    assert door.inside["held"] == 2
    door.let_go.set()
    assert results(crowd) == {"in vain"}


def test_with_one_limit_for_all_the_crowd_would_have_every_slot(threads: ThreadPoolExecutor) -> None:
    """The control: this is what the limits of rows, names and domains are for."""
    door = Door(threads, row=12, name=12, domain=12)
    crowd = [door.hold("held") for _ in range(12)]
    other = door.send("talk", name="send", domain="b")
    assert door.inside == {"held": 12}
    assert not other.done()
    door.let_go.set()
    assert results(crowd) == {"in vain"}
    assert other.result(timeout=LONG) == "done"


def test_a_locked_table_leaves_the_other_names_and_domains_alone(door: Door) -> None:
    crowd = [door.hold(f"role {number}") for number in range(40)]
    assert sum(door.inside.values()) == 4
    same_domain = [door.send("host", name="update_host") for _ in range(10)]
    assert results(same_domain) == {"done"}
    crowd += [door.hold(f"application {number}", name="decide") for number in range(10)]
    assert sum(door.inside.values()) == 5
    assert results([door.send("talk", name="send", domain="b") for _ in range(10)]) == {"done"}
    door.let_go.set()
    assert results(crowd) == {"in vain"}


def test_those_who_want_the_same_row_get_it_in_the_order_they_came(threads: ThreadPoolExecutor) -> None:
    door, go = Door(threads, row=1), threading.Event()
    order: list[int] = []
    first = door.send("role", lambda: go.wait(LONG))
    sent = [first, *(door.send("role", partial(order.append, number)) for number in range(10))]
    go.set()
    assert results(sent) == {"done"}
    assert order == list(range(10))


def test_a_busy_row_is_not_a_stuck_one(threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLOT_TIMEOUT_SECONDS", 3.0)
    door = Door(threads, row=1)
    sent = [door.send("role", lambda: time.sleep(0.1)) for _ in range(45)]
    assert results(sent) == {"done"}, "the last waited longer than the patience, but never without progress"


def test_what_is_stuck_is_refused_in_the_end(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLOT_TIMEOUT_SECONDS", 0.2)
    stuck = [door.hold("held") for _ in range(2)]
    assert results([door.send("held") for _ in range(10)]) == {"CONFLICT"}
    door.let_go.set()
    assert results(stuck) == {"in vain"}
    assert door.send("held").result(timeout=LONG) == "done", "all slots came back"


def test_nobody_waits_for_ever_even_where_it_moves(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WAIT_SECONDS", 0.2)
    stuck = [door.hold("held") for _ in range(2)]
    assert door.send("held").result(timeout=LONG) == "CONFLICT"
    door.let_go.set()
    assert results(stuck) == {"in vain"}


def test_after_one_has_waited_in_vain_the_row_is_tried_by_one_at_a_time(door: Door) -> None:
    ends = [threading.Event() for _ in range(4)]
    numbers = count()

    def fail() -> None:
        assert ends[next(numbers)].wait(LONG)
        raise OperationalError from LockNotAvailable()

    sent = [door.send("held", fail) for _ in range(4)]
    assert door.inside["held"] == 2
    for end in ends[:2]:
        end.set()
    wait_until(lambda: sum(one.done() for one in sent) == 2)
    wait_until(lambda: door.inside["held"] == 1)
    assert door.at_the_gate == 2
    for end in ends[2:]:
        end.set()
    assert results(sent) == {"in vain"}


def test_rows_that_are_stuck_are_tried_after_the_others(threads: ThreadPoolExecutor) -> None:
    door, order = Door(threads, row=1, name=1), []
    stuck = door.hold("held")
    crowd = [door.send("held", lambda: order.append("held")) for _ in range(3)]
    late = door.send("free", lambda: order.append("free"))
    door.let_go.set()
    assert results([stuck, *crowd, late]) == {"in vain", "done"}
    assert order == ["free", "held", "held", "held"]


def test_too_many_are_refused_at_once(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 3)
    crowd = [door.hold("held") for _ in range(5)]
    assert door.send("held").result(timeout=LONG) == "CONFLICT"
    door.let_go.set()
    assert results(crowd) == {"in vain"}


def test_whoever_waits_for_something_slow_gives_the_slot_back_meanwhile(threads: ThreadPoolExecutor) -> None:
    door, stored, order = Door(threads, at_once=1), threading.Event(), []

    def upload() -> None:
        with gate_slot.released():
            assert stored.wait(LONG)
        order.append("upload")

    uploads = [door.send(f"file {number}", upload) for number in range(20)]
    others = [door.send("role", lambda: order.append("role")) for _ in range(5)]
    assert results(others) == {"done"}
    stored.set()
    assert results(uploads) == {"done"}
    assert order == ["role"] * 5 + ["upload"] * 20


def test_what_fails_outside_leaves_no_slot_behind(door: Door) -> None:
    def break_off() -> None:
        with gate_slot.released():
            raise OperationalError("the storage is away")

    assert door.send("file", break_off).result(timeout=LONG) == "in vain"


@pytest.mark.django_db(transaction=True)
def test_slow_work_inside_a_transaction_is_a_mistake() -> None:
    from django.db import transaction

    with pytest.raises(RuntimeError, match="inside a transaction"), transaction.atomic(), gate_slot.released():
        pass
