"""The mutation gate: limits how many mutations use the database at once, in all and for the same row.

A mutation that waits for a lock holds a connection meanwhile. If a row or a table is locked for long and many
mutations need it, they would hold every connection of the process, and all other requests would wait. So each mutation
belongs to several groups, each with a limit: the mutations that name the same row, have the same name, belong to the
same domain, and all mutations. A mutation whose groups are full waits for its slot in this process, without a
connection, in order of arrival; mutations of other groups pass it.

A busy group is not a stuck group: as long as its mutations finish, the waiting ones continue to wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import OperationalError, connection

from domains.base import gate_slot
from domains.base.errors import Code, Refused
from domains.base.locks import BUSY_MESSAGE, is_busy

#: Maximum number of mutations at once; each uses a connection of the process (config/settings/base.py).
MAX_OF_ROW, MAX_OF_NAME, MAX_OF_DOMAIN, MAX_AT_ONCE = 2, 4, 5, 12
#: Seconds that a mutation waits while no mutation of its full groups finishes, and maximum wait in all.
SLOT_TIMEOUT_SECONDS, MAX_WAIT_SECONDS = 10.0, 30.0
#: Maximum number of waiting mutations, each of which is a thread; further mutations are refused at once.
MAX_WAITING = 1000

Key = tuple[str, Hashable]


@dataclass(frozen=True)
class GateKeys:
    """What a mutation is grouped by: the rows that its input names, its name, and its domain."""

    rows: Collection[Hashable]
    name: str
    domain: str

    @property
    def all(self) -> list[Key]:
        """Return the kind and the key of each group that the mutation belongs to."""
        return [*(("row", row) for row in self.rows), ("name", self.name), ("domain", self.domain), ("all", None)]


@dataclass(eq=False)
class _Group:
    """Mutations that may block each other."""

    limit: int
    moved_at: float
    #: Number of admitted mutations (`inside`), and of admitted and waiting ones (`members`).
    inside: int = 0
    members: int = 0
    #: Whether the last mutation waited in vain for a lock on this row. Then only one at a time may retry.
    is_stuck: bool = False

    @property
    def is_full(self) -> bool:
        return self.inside >= (1 if self.is_stuck else self.limit)


class MutationGate:
    """The gate of this process."""

    def __init__(self, *, row: int, name: int, domain: int, at_once: int) -> None:
        self._limits = {"row": row, "name": name, "domain": domain, "all": at_once}
        self._groups: dict[Key, _Group] = {}
        self._waiting: list[_Slot] = []
        self._mutex = threading.Lock()

    @contextmanager
    def slot(self, keys: GateKeys) -> Iterator[None]:
        """Hold a slot during the block; refuses with CONFLICT if none becomes free."""
        slot = _Slot(self, keys.all)
        slot.acquire()
        try:
            with gate_slot.holding(slot):
                yield
        except OperationalError as error:
            slot.was_in_vain = is_busy(error)
            raise
        finally:
            slot.release()

    def enter(self, slot: _Slot) -> None:
        """Wait until each group of the slot has room."""
        with self._mutex:
            if len(self._waiting) >= MAX_WAITING:
                raise Refused.because(Code.CONFLICT, BUSY_MESSAGE)
            self._join(slot)
            self._admit()
        if slot.is_inside:
            return
        if not connection.in_atomic_block:
            connection.close()  # a pool gets it back
        while not slot.is_inside:
            slot.admitted.wait(self._seconds_left(slot))

    def leave(self, slot: _Slot) -> None:
        """Free the slot, and admit the next mutations."""
        with self._mutex:
            for (kind, _), group in slot.groups.items():
                group.inside -= 1
                if not slot.was_in_vain:
                    group.moved_at, group.is_stuck = time.monotonic(), False
                elif kind == "row":
                    group.is_stuck = True
            self._part(slot)
            self._admit()

    def _join(self, slot: _Slot) -> None:
        slot.came_at = time.monotonic()
        for key in slot.keys:
            group = self._groups.setdefault(key, _Group(self._limits[key[0]], moved_at=slot.came_at))
            group.members += 1
            slot.groups[key] = group
        self._waiting.append(slot)

    def _part(self, slot: _Slot) -> None:
        slot.is_inside = False
        slot.admitted.clear()
        for key, group in slot.groups.items():
            group.members -= 1
            if not group.members:
                del self._groups[key]
        slot.groups = {}

    def _admit(self) -> None:
        """Admit mutations whose groups have room: stuck rows last, idle domains first, else in order of arrival."""
        while free := [slot for slot in self._waiting if not slot.is_blocked]:
            slot = min(free, key=_Slot.rank)  # `min` returns the first of equal slots
            self._waiting.remove(slot)
            for group in slot.groups.values():
                group.inside += 1
            slot.is_inside = True
            slot.admitted.set()

    def _seconds_left(self, slot: _Slot) -> float:
        """Return how many seconds the slot may still wait; refuses with CONFLICT when they are over."""
        with self._mutex:
            if slot.is_inside:
                return 0.0
            full = (group.moved_at for group in slot.groups.values() if group.is_full)
            moved_at = min(full, default=slot.came_at)
            until = min(max(slot.came_at, moved_at) + SLOT_TIMEOUT_SECONDS, slot.came_at + MAX_WAIT_SECONDS)
            left = until - time.monotonic()
            if left > 0:
                return left
            self._waiting.remove(slot)
            self._part(slot)
        raise Refused.because(Code.CONFLICT, BUSY_MESSAGE)


@dataclass(eq=False)
class _Slot:
    """The slot of one mutation, which is waiting or admitted."""

    gate: MutationGate
    keys: list[Key]
    groups: dict[Key, _Group] = field(default_factory=dict)
    came_at: float = 0.0
    admitted: threading.Event = field(default_factory=threading.Event)
    is_inside: bool = False
    #: Whether the mutation waited in vain for another transaction's lock.
    was_in_vain: bool = False

    @property
    def is_blocked(self) -> bool:
        return any(group.is_full for group in self.groups.values())

    def rank(self) -> tuple[bool, int]:
        """Return the sort key for admission: whether a row is stuck, and the number admitted for the same domain."""
        domain = next(group.inside for (kind, _), group in self.groups.items() if kind == "domain")
        return any(group.is_stuck for group in self.groups.values()), domain

    def acquire(self) -> None:
        """Wait for the slot."""
        self.gate.enter(self)

    def release(self) -> None:
        """Free the slot; do nothing if it is already free."""
        if self.is_inside:
            self.gate.leave(self)


gate = MutationGate(row=MAX_OF_ROW, name=MAX_OF_NAME, domain=MAX_OF_DOMAIN, at_once=MAX_AT_ONCE)
