"""Forgetting what the cache and the token buckets hold."""

from __future__ import annotations

import redis
from django.conf import settings
from django.core.cache import cache

from graphql_api.checks.rate_limit import bucket


def forget() -> None:
    """Empty the cache, and fill the token buckets; of a Redis only what this process put there."""
    bucket.reset()
    if not settings.REDIS_URL:
        cache.clear()
        return
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        if keys := list(client.scan_iter(f"{settings.CACHES['default']['KEY_PREFIX']}:*", count=1000)):
            client.delete(*keys)
