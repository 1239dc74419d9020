"""The fact bus: facts are written in the act's transaction, and delivered to their listeners after the commit.

`publish` writes a row of the outbox in the act's own transaction, so a fact is committed exactly
when its act is. After the commit the listeners run at once, in a server in its background threads, so that a listener
that waits for the broker or for a lock delays no answer. The relay (`deliver_overdue`) repeats deliveries that a
crash interrupted or in which a listener failed. Listeners therefore run at least once. The outbox is a queue like the
others (`queue.py`), in which the publisher has the first claim.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, TypeVar

from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from domains.base import queue
from domains.base.models import OutboxEntry

logger = logging.getLogger(__name__)

#: How long the relay leaves a fact to the process that published it, if a delivery only sends tasks. If the tasks
#: themselves run in the delivery, the lease of an entry is used instead.
PUBLISHER_LEASE = timedelta(seconds=3)
#: How long one run of the relay takes at most.
MAX_RELAY_SECONDS = 10


@dataclass(frozen=True)
class Fact:
    """Something that has happened; named in the past tense, with ids only. Subclasses are frozen dataclasses."""

    registry: ClassVar[dict[str, type[Fact]]] = {}

    def __init_subclass__(cls) -> None:
        """Register the fact by its name, such as `messaging.MessageSent`."""
        Fact.registry[cls.name()] = cls

    @classmethod
    def name(cls) -> str:
        """Return the domain and the class name."""
        return f"{cls.__module__.split('.')[-2]}.{cls.__name__}"


F = TypeVar("F", bound=Fact)
Listener = Callable[[Any], None]
Submit = Callable[[Callable[[], object]], object]
_listeners: dict[type[Fact], list[Listener]] = defaultdict(list)
_prompt_listeners: set[Listener] = set()
_submit: Submit | None = None
_publisher_lease = PUBLISHER_LEASE


def set_delivery_executor(submit: Submit | None, *, lease: timedelta = PUBLISHER_LEASE) -> None:
    """Hand deliveries to `submit`, such as a thread pool's, instead of running them in the publisher's thread.

    For a server: a broker, a mail server or a lock then delays no request. `submit` may drop deliveries if it has too
    many: the relay takes over the facts that were not delivered within this lease.
    """
    global _submit, _publisher_lease
    _submit, _publisher_lease = submit, lease


def listen(fact: type[F], *, is_prompt: bool = False) -> Callable[[Callable[[F], None]], Callable[[F], None]]:
    """Register the decorated function: it is called with each committed `fact`, at least once.

    A prompt listener must not wait for the database or the broker: it is called right after the commit, in the
    publisher's thread, before all other listeners.
    """

    def register(listener: Callable[[F], None]) -> Callable[[F], None]:
        _listeners[fact].append(listener)
        if is_prompt:
            _prompt_listeners.add(listener)
        return listener

    return register


def publish(fact: Fact, *more: Fact) -> None:
    """Write the fact, or several by one statement, into the outbox.

    They are delivered once the surrounding transaction commits.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{fact.name()} was published outside a transaction")
    published, due_at = (fact, *more), timezone.now() + _publisher_lease
    entries = OutboxEntry.objects.bulk_create(
        OutboxEntry(fact=one.name(), payload=asdict(one), due_at=due_at, attempts=1) for one in published
    )
    for entry, one in zip(entries, published, strict=True):
        transaction.on_commit(partial(_start_delivery, entry, one), robust=True)


def deliver_now(fact: Fact) -> None:
    """Call the fact's listeners now, without the outbox: for facts that expire within moments, such as typing."""
    for listener in _listeners[type(fact)]:
        listener(fact)


def _start_delivery(entry: OutboxEntry, fact: Fact) -> None:
    if _submit is None:
        _deliver(entry)
        return
    delivered = {
        listener
        for listener in _listeners[type(fact)]
        if listener in _prompt_listeners and _deliver_promptly(listener, fact)
    }
    _submit(partial(_deliver_in_thread, entry, delivered))


def _deliver_promptly(listener: Listener, fact: Fact) -> bool:
    """Call the listener and return whether it succeeded; if not, it is called again with the others."""
    try:
        listener(fact)
    except Exception:
        logger.exception("%s was not delivered promptly", fact.name())
        return False
    return True


def _deliver_in_thread(entry: OutboxEntry, delivered: Collection[Listener]) -> None:
    if timezone.now() >= entry.due_at:
        return  # it waited for too long, so the relay claims it
    close_old_connections()
    try:
        _deliver(entry, delivered)
    finally:
        close_old_connections()


def deliver_overdue() -> int:
    """Deliver the facts whose delivery is overdue, oldest first; return how many were claimed.

    Safe to run in many processes at once. Each is delivered outside any transaction, so that a slow listener delays
    neither the others nor the database.
    """
    return queue.drain(OutboxEntry.objects.all(), _call_listeners, seconds=MAX_RELAY_SECONDS)


def _deliver(entry: OutboxEntry, delivered: Collection[Listener] = ()) -> None:
    queue.attempt(entry, partial(_call_listeners, delivered=delivered))


def _call_listeners(entry: OutboxEntry, delivered: Collection[Listener] = ()) -> None:
    fact = Fact.registry[entry.fact](**entry.payload)
    for listener in _listeners[type(fact)]:
        if listener not in delivered:
            listener(fact)


def prune_delivered(*, older_than: timedelta = timedelta(days=7)) -> int:
    """Remove entries that were delivered long ago; return how many."""
    deleted, _ = OutboxEntry.objects.filter(done_at__lt=timezone.now() - older_than).delete()
    return deleted
