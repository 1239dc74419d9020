"""The worker and the clock inside the server process, for running without Redis.

Tasks wait in memory: a crash loses those that were queued, and the relay of the outbox queues them
again, since their fact was not marked as told before its tasks were sent... see docs/architecture.md.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

import celery.beat
from celery.beat import EmbeddedService

from config.celery import app

logger = logging.getLogger("mishmob.embedded")


class EmbeddedWorker:
    """A Celery worker and its beat in daemon threads."""

    def __init__(self) -> None:
        self._worker: Any = None
        self._beat: Any = None

    def start(self) -> None:
        """Start both; returns when the worker takes tasks."""
        app.finalize()
        app.set_current()
        app.set_default()
        self._worker = app.WorkController(
            pool_cls="threads",
            concurrency=2,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        threading.Thread(target=self._worker.start, name="embedded-worker", daemon=True).start()
        self._beat = EmbeddedService(app, thread=True, scheduler_cls=celery.beat.Scheduler)
        self._beat.start()

    def stop(self) -> None:
        """Stop both; running tasks are finished first."""
        if self._beat:
            self._beat.stop()
        if self._worker:
            self._worker.stop()
