"""What every test may use: the API as a stranger or as somebody, and the counting of SQL statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from tests.api import Api


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    """Rate limits and cached answers of one test do not reach the next."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    """Empty the cache; of a Redis only what this process put there."""
    if not settings.REDIS_URL:
        cache.clear()
        return
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        if keys := list(client.scan_iter(f"{settings.CACHES['default']['KEY_PREFIX']}:*", count=1000)):
            client.delete(*keys)


@pytest.fixture
def api(db: None) -> Api:
    """The API as a stranger sees it."""
    return Api(Client())


@pytest.fixture
def api_as(db: None) -> Callable[[Any], Api]:
    """The API as a person sees it: `api_as(user)`."""
    return lambda user: Api(Client(), user)
