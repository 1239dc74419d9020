"""Token buckets: each caller may spend a number of tokens at once, and then a number of tokens per second.

If the processes share a Redis, a bucket is one atomic script there. Without Redis, and while it is down, each process
keeps its own buckets, so there is always a limit.
"""

from __future__ import annotations

import hashlib
import logging
import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches

logger = logging.getLogger(__name__)

#: Refills the bucket by the clock of Redis, then takes the tokens if there are enough. A full bucket needs no key.
TAKE_SCRIPT = """
local capacity, rate, tokens = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
local kept = redis.call('HMGET', KEYS[1], 'level', 'at')
local level = tonumber(kept[1]) or capacity
level = math.min(capacity, level + math.max(0, now - (tonumber(kept[2]) or now)) * rate)
local taken = level >= tokens
if taken then
    level = math.min(capacity, level - tokens)
end
redis.call('HSET', KEYS[1], 'level', string.format('%.6f', level), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((capacity - level) / rate * 1000) + 1000)
return {taken and 1 or 0, string.format('%.6f', level)}
"""


@dataclass(frozen=True)
class Balance:
    """Result of an attempt to take tokens: whether they were taken, and how many are left."""

    is_taken: bool
    level: float


class TokenBucket:
    """The buckets of all callers: each holds at most `capacity` tokens and gets `rate` more each second."""

    def __init__(self, name: str, *, capacity: float, rate: float) -> None:
        self.name, self.capacity, self.rate = name, capacity, rate
        self._lock = threading.Lock()
        #: Level and time of the last change by key, the latest change last. Buckets that are full by now are left out.
        self._local: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, tokens: float) -> Balance:
        """Take the tokens from the bucket of `key` if it holds enough, else none; a negative number returns tokens."""
        if not settings.RATE_LIMITS:
            return Balance(is_taken=True, level=self.capacity)
        if settings.REDIS_URL:
            try:
                return self._take_shared(key, tokens)
            except Exception as error:  # noqa: BLE001 # any error of Redis
                logger.warning("Redis is down, the token buckets are kept in this process: %r", error)
        return self._take_local(key, tokens)

    def seconds_until(self, tokens: float, balance: Balance) -> int:
        """Return the whole seconds until the bucket holds this many tokens, if none are taken."""
        return max(1, math.ceil((min(tokens, self.capacity) - balance.level) / self.rate))

    def reset(self) -> None:
        """Drop the buckets of this process: all of them are full again."""
        with self._lock:
            self._local.clear()

    def _take_shared(self, key: str, tokens: float) -> Balance:
        digest = hashlib.sha256(key.encode()).hexdigest()[:32]
        cache = caches["default"]
        is_taken, level = cache.run_script(  # type: ignore[attr-defined] # SharedCache has it
            TAKE_SCRIPT, f"bucket:{self.name}:{digest}", self.capacity, self.rate, tokens
        )
        return Balance(is_taken=bool(is_taken), level=float(level))

    def _take_local(self, key: str, tokens: float) -> Balance:
        with self._lock:
            now = time.monotonic()
            self._drop_full(now)
            level, at = self._local.pop(key, (self.capacity, now))
            level = min(self.capacity, level + (now - at) * self.rate)
            is_taken = level >= tokens
            if is_taken:
                level = min(self.capacity, level - tokens)
            self._local[key] = level, now
            return Balance(is_taken=is_taken, level=level)

    def _drop_full(self, now: float) -> None:
        """Drop the buckets that were not used for as long as an empty one takes to fill."""
        while self._local:
            key, (_, at) = next(iter(self._local.items()))
            if now - at < self.capacity / self.rate:
                return
            del self._local[key]
