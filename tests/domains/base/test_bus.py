"""The fact bus: told exactly when the act is committed, and told again when a crash or a listener failed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.background import BoundedThreadPool
from domains.base import bus, queue, tasks
from domains.base.models import OutboxEntry

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class TeaWasMade(bus.Fact):
    """Something to tell."""

    cup_id: int


@pytest.fixture
def heard() -> Iterator[list[int]]:
    cups: list[int] = []

    @bus.listen(TeaWasMade)
    def hear(fact: TeaWasMade) -> None:
        cups.append(fact.cup_id)

    yield cups
    bus._listeners.pop(TeaWasMade)


def overdue() -> None:
    OutboxEntry.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_fact_is_told_after_the_commit_and_not_before(heard: list[int]) -> None:
    with transaction.atomic():
        bus.publish(TeaWasMade(cup_id=1))
        assert heard == []
    assert heard == [1]
    assert OutboxEntry.objects.get().done_at is not None


def test_a_fact_of_an_act_that_was_undone_is_never_told(heard: list[int]) -> None:
    with transaction.atomic():
        bus.publish(TeaWasMade(cup_id=1))
        transaction.set_rollback(True)
    assert heard == []
    assert not OutboxEntry.objects.exists()


def test_a_fact_outside_a_transaction_is_a_mistake() -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        bus.publish(TeaWasMade(cup_id=1))


def test_the_relay_tells_what_a_crash_left_untold_once(heard: list[int], monkeypatch) -> None:
    with monkeypatch.context() as crash:
        crash.setattr(bus, "_deliver", lambda entry: None)  # the process dies between commit and telling
        with transaction.atomic():
            bus.publish(TeaWasMade(cup_id=7))
    assert heard == []
    assert tasks.relay_outbox() == 0, "the publisher has a head start"
    overdue()
    assert tasks.relay_outbox() == 1
    assert tasks.relay_outbox() == 0
    assert heard == [7]


def test_a_failed_listener_is_tried_again_later_each_time_and_parked_in_the_end(heard: list[int], caplog) -> None:
    @bus.listen(TeaWasMade)
    def spill(fact: TeaWasMade) -> None:
        raise OSError("the cup is broken")

    with transaction.atomic():
        bus.publish(TeaWasMade(cup_id=1))
    entry = OutboxEntry.objects.get()
    assert (entry.attempts, entry.done_at) == (1, None)
    assert "the cup is broken" in entry.last_error
    waits = []
    for _ in range(OutboxEntry.MAX_ATTEMPTS):
        overdue()
        bus.deliver_overdue()
        waits.append(OutboxEntry.objects.get().due_at - timezone.now())
    assert waits[:8] == sorted(waits[:8])
    assert OutboxEntry.objects.get().attempts == OutboxEntry.MAX_ATTEMPTS
    assert bus.deliver_overdue() == 0


def test_a_fact_that_nobody_knows_any_more_is_kept_for_a_person_to_look_at() -> None:
    OutboxEntry.objects.create(fact="kitchen.Forgotten", payload={})
    assert bus.deliver_overdue() == 1
    assert "kitchen.Forgotten" in OutboxEntry.objects.get().last_error


def test_delivered_entries_are_removed_after_a_week(heard: list[int]) -> None:
    with transaction.atomic():
        bus.publish(TeaWasMade(cup_id=1))
        bus.publish(TeaWasMade(cup_id=2))
    OutboxEntry.objects.filter(payload__cup_id=1).update(done_at=timezone.now() - timedelta(days=8))
    assert tasks.prune_outbox() == 1
    assert OutboxEntry.objects.get().payload == {"cup_id": 2}


def test_a_slow_listener_holds_up_no_other_write(heard: list[int]) -> None:
    """Neither the publisher nor the relay tells a fact inside a transaction."""
    inside: list[bool] = []

    @bus.listen(TeaWasMade)
    def look(fact: TeaWasMade) -> None:
        inside.append(connection.in_atomic_block)

    with transaction.atomic():
        bus.publish(TeaWasMade(cup_id=1))
    OutboxEntry.objects.update(done_at=None)
    overdue()
    bus.deliver_overdue()
    assert inside == [False, False]


def test_what_one_relay_has_taken_another_leaves_alone(heard: list[int]) -> None:
    OutboxEntry.objects.create(fact=TeaWasMade.name(), payload={"cup_id": 1})
    assert queue.claim(OutboxEntry.objects.all()) is not None
    assert bus.deliver_overdue() == 0
    OutboxEntry.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert bus.deliver_overdue() == 1, "its taker died"


def test_a_server_that_starts_alone_takes_back_what_was_not_told(heard: list[int]) -> None:
    OutboxEntry.objects.create(
        fact=TeaWasMade.name(), payload={"cup_id": 5}, due_at=timezone.now() + timedelta(minutes=1)
    )
    assert bus.deliver_overdue() == 0
    queue.make_due(OutboxEntry.objects.all())
    assert bus.deliver_overdue() == 1
    assert heard == [5]


def test_deliveries_can_be_handed_to_threads(heard: list[int]) -> None:
    handed: list[Any] = []
    bus.set_delivery_executor(handed.append, lease=OutboxEntry.LEASE)
    try:
        with transaction.atomic():
            bus.publish(TeaWasMade(cup_id=3))
        entry = OutboxEntry.objects.get()
        assert entry.due_at - timezone.now() > bus.PUBLISHER_LEASE, "the relay leaves it to the threads for longer"
        assert heard == []
        handed[0]()
    finally:
        bus.set_delivery_executor(None)
    assert heard == [3]


@pytest.fixture
def threads() -> Iterator[BoundedThreadPool]:
    threads = BoundedThreadPool(1, "deliveries")
    bus.set_delivery_executor(threads.submit)
    yield threads
    bus.set_delivery_executor(None)
    threads.stop()


def test_what_a_listener_waits_for_keeps_no_publisher_waiting(heard: list[int], threads: BoundedThreadPool) -> None:
    """The broker hangs; the act is over, and who follows live knows, before it answers."""
    broker, prompt = threading.Event(), []

    @bus.listen(TeaWasMade)
    def send(fact: TeaWasMade) -> None:
        assert broker.wait(60)

    @bus.listen(TeaWasMade, is_prompt=True)
    def wake(fact: TeaWasMade) -> None:
        prompt.append(fact.cup_id)

    for number in range(20):
        with transaction.atomic():
            bus.publish(TeaWasMade(cup_id=number))
    assert prompt == list(range(20))
    assert OutboxEntry.objects.filter(done_at__isnull=False).count() == 0
    broker.set()
    threads.stop()
    assert prompt == list(range(20)), "told once, not again with the others"


def test_what_has_waited_for_longer_than_its_head_start_is_left_to_the_relay(heard: list[int]) -> None:
    handed: list[Any] = []
    bus.set_delivery_executor(handed.append, lease=timedelta(seconds=-1))
    try:
        with transaction.atomic():
            bus.publish(TeaWasMade(cup_id=3))
        handed[0]()
    finally:
        bus.set_delivery_executor(None)
    assert heard == []
    assert tasks.relay_outbox() == 1
    assert heard == [3]


def test_what_is_too_much_for_the_threads_is_left_to_the_relay(
    heard: list[int], threads: BoundedThreadPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads._queue_slots = threading.BoundedSemaphore(1)
    go = threading.Event()
    assert threads.submit(lambda: go.wait(60))
    with transaction.atomic():
        bus.publish(TeaWasMade(cup_id=3))
    go.set()
    threads.stop()
    assert heard == []
    overdue()
    assert tasks.relay_outbox() == 1


def test_a_prompt_listener_that_fails_is_told_again_with_the_others(heard: list[int]) -> None:
    handed: list[Any] = []
    fails = [OSError("no loop"), None]

    @bus.listen(TeaWasMade, is_prompt=True)
    def wake(fact: TeaWasMade) -> None:
        if error := fails.pop(0):
            raise error

    bus.set_delivery_executor(handed.append)
    try:
        with transaction.atomic():
            bus.publish(TeaWasMade(cup_id=3))
        handed[0]()
    finally:
        bus.set_delivery_executor(None)
    assert fails == []
    assert heard == [3]


def test_several_facts_are_published_by_one_statement(heard: list[int]) -> None:
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        bus.publish(*(TeaWasMade(cup_id=number) for number in range(5)))
        written = [one for one in captured.captured_queries if one["sql"].startswith("INSERT")]
    assert len(written) == 1
    assert heard == list(range(5))
