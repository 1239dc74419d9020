"""Rate limits: a maximum of tries per key and window, counted in the cache before each try."""

from __future__ import annotations

import hashlib
import logging
import time

from django.conf import settings
from django.core.cache import BaseCache, caches

from domains.base.errors import RateLimited

logger = logging.getLogger(__name__)


def spend(*, what: str, key: str, limit: int, seconds: int) -> None:
    """Count one try of `what` by `key`; refuses RATE_LIMITED past `limit` tries in a window of `seconds`.

    The counter is raised before it is read, so that parallel tries are all counted. While the shared cache
    is down each process counts for itself: there is always a limit.
    """
    if not settings.RATE_LIMITS:
        return
    window = int(time.time() // seconds)
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    name = f"rate:{what}:{digest}:{window}"
    try:
        tries = _count(caches["default"], name, seconds)
    except Exception as error:  # noqa: BLE001 # any error of the shared cache
        logger.warning("the shared cache is down, rates are counted here: %r", error)
        tries = _count(caches["local"], name, seconds)
    if tries > limit:
        wait = seconds - int(time.time()) % seconds
        raise RateLimited(wait)


def _count(cache: BaseCache, name: str, seconds: int) -> int:
    cache.add(name, 0, timeout=2 * seconds)
    try:
        return int(cache.incr(name))
    except ValueError:  # the entry was evicted between the two calls
        return 1
