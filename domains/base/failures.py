"""Limits on failures in a sliding window, exact however many attempts run at once.

Each attempt makes a reservation before it runs. There are as many reservations as there may be failures, and each
expires after the window. An attempt that succeeds releases its reservation. A reservation is one atomic `add` of the
cache, so the count is exact among threads and processes.
"""

from __future__ import annotations

import hashlib
import logging
import math
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import BaseCache, caches

from domains.base.errors import RateLimited

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """At most `failures` of `what` by one key in any `seconds`."""

    what: str
    failures: int
    seconds: int


@dataclass(frozen=True)
class Reservation:
    """One attempt, counted as a failure until it is released."""

    cache: BaseCache
    name: str

    def release(self) -> None:
        """Stop counting the attempt: it did not fail."""
        try:
            self.cache.delete(self.name)
        except Exception as error:  # noqa: BLE001 # any error of the shared cache; it expires by itself
            logger.warning("the shared cache is down, an attempt stays counted: %r", error)


def reserve(limit: Limit, key: str) -> Reservation | None:
    """Count one attempt by the key before it runs; refuses RATE_LIMITED once the key has failed too often.

    While the shared cache is down, each process counts for itself. Returns None if RATE_LIMITS is off.
    """
    if not settings.RATE_LIMITS:
        return None
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    names = [f"failures:{limit.what}:{digest}:{number}" for number in range(limit.failures)]
    try:
        return _reserve(caches["default"], names, limit.seconds)
    except RateLimited:
        raise
    except Exception as error:  # noqa: BLE001 # whatever the shared cache fails with
        logger.warning("the shared cache is down, failures are counted here: %r", error)
        return _reserve(caches["local"], names, limit.seconds)


def _reserve(cache: BaseCache, names: list[str], seconds: int) -> Reservation:
    now = time.time()
    taken = cache.get_many(names)
    for name in names:
        if name not in taken and cache.add(name, now + seconds, timeout=seconds):
            return Reservation(cache, name)
    ends = cache.get_many(names).values()
    raise RateLimited(max(1, math.ceil(min(ends, default=now) - now)))
