"""What Celery's worker and Redis do elsewhere, inside the server process.

Facts are told by a few threads, and the tasks that follow run right there. The outbox is their durable
queue: an entry counts as delivered once its tasks are done, so a crash loses nothing; the clock's relay
tells again what was cut off.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from celery.beat import EmbeddedService, Scheduler
from django.db import close_old_connections

from config.celery import app
from domains.base import bus

THREADS = 4


class EmbeddedScheduler(Scheduler):
    """Celery's clock; each tick looks whether its database connection still lives."""

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Run one due task of the beat table."""
        close_old_connections()
        try:
            super().apply_entry(entry, producer=producer)
        finally:
            close_old_connections()


class EmbeddedWorker:
    """The threads that tell facts, and the clock."""

    def start(self) -> None:
        """Start both; from here on facts are told by the threads."""
        app.finalize()
        app.set_default()
        app.loader.import_default_modules()
        bus.take_back()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="facts")
        bus.deliver_by(self._threads.submit)
        self._clock = EmbeddedService(app, thread=True, scheduler_cls=EmbeddedScheduler)
        self._clock.daemon = True
        self._clock.start()

    def stop(self) -> None:
        """Stop both; what is being told is told to its end, the rest waits in the outbox."""
        self._clock.stop()
        bus.deliver_by(None)
        self._threads.shutdown(wait=True, cancel_futures=True)
