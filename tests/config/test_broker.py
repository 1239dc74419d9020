"""Sending tasks while the broker hangs or is gone: one waits a moment, and the others not at all."""

from __future__ import annotations

import time

import pytest
from celery import Task
from kombu.exceptions import OperationalError

from config import celery
from config.celery import FailFastTask, app
from domains.base import tasks


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a broker was asked that does not answer."""
    names: list[str] = []

    def send(task: Task, *_: object, **__: object) -> None:
        names.append(str(task.name))
        raise OperationalError("Timeout reading from socket")

    monkeypatch.setattr(FailFastTask, "backoff_until", 0.0)
    monkeypatch.setattr(Task, "apply_async", send)
    return names


def test_every_task_is_sent_that_way() -> None:
    assert isinstance(tasks.relay_outbox, FailFastTask)
    assert app.Task.__mro__[1:].count(FailFastTask) == 1


def test_a_broker_that_does_not_answer_is_left_alone_for_a_while(asked: list[str]) -> None:
    with pytest.raises(OperationalError, match="Timeout"):
        tasks.relay_outbox.delay()
    for _ in range(20):
        with pytest.raises(OperationalError, match="left alone"):
            tasks.prune_outbox.delay()
    assert asked == [tasks.relay_outbox.name]


def test_it_is_asked_again_after_that(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OperationalError, match="Timeout"):
        tasks.relay_outbox.delay()
    later = time.monotonic() + celery.BROKER_BACKOFF_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with pytest.raises(OperationalError, match="Timeout"):
        tasks.relay_outbox.delay()
    assert len(asked) == 2
