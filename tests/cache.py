"""Forgetting what the cache holds."""

from __future__ import annotations

import redis
from django.conf import settings
from django.core.cache import cache


def forget() -> None:
    """Empty the cache; of a Redis only what this process put there."""
    if not settings.REDIS_URL:
        cache.clear()
        return
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        if keys := list(client.scan_iter(f"{settings.CACHES['default']['KEY_PREFIX']}:*", count=1000)):
            client.delete(*keys)
