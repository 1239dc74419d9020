"""Background work of a server, started by `asgi.py`: threads that deliver facts and remove files.

Without Redis, it does the work of Celery's worker and beat as well: the tasks that follow from a fact run
in the thread that delivers it. The outbox is their durable queue: an entry counts as delivered once its tasks are
done, so a crash loses nothing; the relay repeats interrupted deliveries.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from celery.beat import EmbeddedService, Scheduler
from django.db import close_old_connections

from config.celery import app
from domains.accounts.models import DataExport, Erasure
from domains.base import bus, files, queue
from domains.base.models import OutboxEntry

#: Each delivering thread holds a database connection during a delivery.
DELIVERY_THREADS, FILE_THREADS = 4, 2
#: Further work is dropped: the relay delivers the fact later, the daily task removes the file.
MAX_QUEUED_WORK = 10_000


class EmbeddedScheduler(Scheduler):
    """Celery's beat; each tick checks whether its database connection is still usable."""

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Run one due task of the beat table."""
        close_old_connections()
        try:
            super().apply_entry(entry, producer=producer)
        finally:
            close_old_connections()


class BoundedThreadPool:
    """A few threads with a bounded queue."""

    def __init__(self, number: int, name: str) -> None:
        self._threads = ThreadPoolExecutor(number, thread_name_prefix=name)
        self._queue_slots = threading.BoundedSemaphore(MAX_QUEUED_WORK)

    def submit(self, work: Callable[[], object]) -> bool:
        """Run the work in one of the threads; return whether the queue had room for it."""
        if not self._queue_slots.acquire(blocking=False):
            return False
        self._threads.submit(work).add_done_callback(lambda _: self._queue_slots.release())
        return True

    def stop(self) -> None:
        """Finish the work that has begun, and drop the rest."""
        self._threads.shutdown(wait=True, cancel_futures=True)


class Background:
    """The threads of a server, and without Redis Celery's beat."""

    def __init__(self, *, is_embedded: bool) -> None:
        self.is_embedded = is_embedded

    def start(self) -> None:
        """Start them; from here on facts are delivered, and files removed, by the threads."""
        self._deliveries = BoundedThreadPool(DELIVERY_THREADS, "deliveries")
        self._files = BoundedThreadPool(FILE_THREADS, "files")
        files.set_deletion_executor(self._files.submit)
        app.set_default()  # for every thread, not only for the one that made it
        if self.is_embedded:
            self._start_embedded()
        else:
            bus.set_delivery_executor(self._deliveries.submit)

    def _start_embedded(self) -> None:
        app.finalize()
        app.loader.import_default_modules()
        for rows in (OutboxEntry.objects, Erasure.objects, DataExport.objects):
            queue.make_due(rows.all())
        # Tasks run during the delivery of a fact, which takes longer than sending them.
        bus.set_delivery_executor(self._deliveries.submit, lease=OutboxEntry.LEASE)
        self._clock = EmbeddedService(app, thread=True, scheduler_cls=EmbeddedScheduler)
        self._clock.daemon = True
        self._clock.start()

    def stop(self) -> None:
        """Stop them; work that has begun is finished, the rest waits in the outbox."""
        if self.is_embedded:
            self._clock.stop()
        bus.set_delivery_executor(None)
        files.set_deletion_executor(None)
        self._deliveries.stop()
        self._files.stop()
