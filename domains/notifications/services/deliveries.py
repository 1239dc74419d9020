"""Deliveries that are due go out once, and remember whether anything was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db.models import QuerySet

from domains.base import queue
from domains.notifications.models import Delivery

D = TypeVar("D", bound=Delivery)


def drain(deliveries: QuerySet[D], send: Callable[[D], bool]) -> int:
    """Send what is due; return how many were tried. `send` says whether it sent anything, or nothing was wanted."""
    return queue.drain(deliveries, lambda delivery: {"is_sent": send(delivery)})
