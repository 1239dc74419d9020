"""Rate limits: so many tries per key and window, counted in the cache before the try is made."""

from __future__ import annotations

import hashlib
import time

from django.conf import settings
from django.core.cache import cache

from domains.base.errors import Code, Refused


def spend(*, what: str, key: str, limit: int, seconds: int) -> None:
    """Count one try of `what` by `key`; refuses RATE_LIMITED past `limit` tries in a window of `seconds`.

    The counter is raised before it is read, so that parallel tries are all counted.
    """
    if not settings.RATE_LIMITS:
        return
    window = int(time.time() // seconds)
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    name = f"rate:{what}:{digest}:{window}"
    cache.add(name, 0, timeout=2 * seconds)
    try:
        tries = cache.incr(name)
    except ValueError:  # the entry was evicted between the two calls
        tries = 1
    if tries > limit:
        wait = seconds - int(time.time()) % seconds
        raise Refused.because(Code.RATE_LIMITED, f"Too many tries; wait {wait} seconds and try again.")
