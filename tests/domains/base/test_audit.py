"""What must always hold is looked at in one moment, beside whoever works, and nothing can be written meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from domains.base import audit
from domains.base.models import OutboxEntry
from tests.factories import OutboxEntryFactory

pytestmark = pytest.mark.django_db(transaction=True)


def in_another_connection(act: Callable[[], object]) -> None:
    """Do it as another process would, and commit it."""

    def run() -> None:
        try:
            with transaction.atomic():
                act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=30)
    assert not thread.is_alive(), "it waits for the look to end"


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What is looked at, in this order: each counts as how many entries of the outbox it returns."""
    acts: list[Callable[[], object]] = []

    def looking(number: int) -> Callable[[], audit.Violations]:
        return lambda: audit.Violations("entries", int(str(acts[number]() or 0)))

    known = {name: audit.Invariant(name, "", looking(number)) for number, name in enumerate(("t.0", "t.1", "t.2"))}
    monkeypatch.setattr(audit, "_invariants", known)
    return acts


def test_what_is_committed_during_a_look_is_seen_by_the_next(looks: list[Callable[[], object]]) -> None:
    OutboxEntryFactory()
    looks += [
        OutboxEntry.objects.count,
        lambda: in_another_connection(OutboxEntryFactory),
        OutboxEntry.objects.count,
    ]
    assert [result.violations.count for result in audit.check_invariants(with_files=False)] == [1, 0, 1]
    looks[1] = OutboxEntry.objects.count
    assert [result.violations.count for result in audit.check_invariants(with_files=False)] == [2, 2, 2]


def test_a_look_cannot_write_and_leaves_a_connection_that_can(looks: list[Callable[[], object]]) -> None:
    looks += [OutboxEntry.objects.count, OutboxEntryFactory, OutboxEntry.objects.count]
    with pytest.raises(DatabaseError, match=r"read-?only"):
        audit.check_invariants(with_files=False)
    OutboxEntryFactory()
    assert OutboxEntry.objects.count() == 1
