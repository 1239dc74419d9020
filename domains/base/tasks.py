"""The standing work of the floor: the relay of the outbox, and its tidying."""

from __future__ import annotations

from celery import shared_task

from domains.base import bus


@shared_task
def relay_outbox() -> int:
    """Tell the facts that a crash or a failed listener left untold."""
    return bus.deliver_overdue()


@shared_task
def prune_outbox() -> int:
    """Remove what was delivered long ago."""
    return bus.prune_delivered()
