"""Sending due deliveries once each, and recording whether anything was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db.models import QuerySet

from domains.base import queue
from domains.notifications.models import Delivery

D = TypeVar("D", bound=Delivery)


def drain(deliveries: QuerySet[D], send: Callable[[D], bool]) -> int:
    """Send what is due; return how many were tried. `send` returns whether it sent anything; False means not wanted."""
    return queue.drain(deliveries, lambda delivery: {"is_sent": send(delivery)})
