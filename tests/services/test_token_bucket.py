"""Token buckets in Redis: exact for all processes together, and kept while time passes there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.core.cache import caches

from config.shared_cache import RedisWithBackoff, SharedCache
from domains.base.token_bucket import Balance, TokenBucket
from tests.processes import OwnRedis
from tests.threads import at_once

pytestmark = pytest.mark.services

HARDLY = 1e-9


@pytest.fixture
def in_redis(own_redis: OwnRedis, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    """The cache is in a Redis of the test's own, for each thread anew as for each request."""
    settings.REDIS_URL = own_redis.url
    monkeypatch.setattr(RedisWithBackoff, "_backoff_until", 0.0)
    monkeypatch.setattr(type(caches), "__getitem__", lambda *_: SharedCache(own_redis.url, {}))
    with redis.Redis.from_url(own_redis.url) as client:
        yield client


def accepted(answers: list[Any]) -> int:
    return sum(isinstance(one, Balance) and one.is_taken for one in answers)


def test_a_crowd_in_several_processes_takes_exactly_what_is_there(in_redis: redis.Redis) -> None:
    processes = [TokenBucket("tea", capacity=1000, rate=HARDLY) for _ in range(2)]
    assert accepted(at_once(lambda number: processes[number % 2].take("somebody", 100), 50)) == 10
    assert not any(process._local for process in processes), "nothing was counted beside Redis"


def test_a_crowd_opens_no_connection_for_each_request(in_redis: redis.Redis) -> None:
    bucket = TokenBucket("tea", capacity=1000, rate=HARDLY)
    before = in_redis.info("stats")["total_connections_received"]
    for _ in range(20):
        bucket.take("somebody", 1)
    assert in_redis.info("stats")["total_connections_received"] <= before + 1


def test_the_clock_of_redis_refills_it_and_what_is_full_is_forgotten(in_redis: redis.Redis) -> None:
    bucket = TokenBucket("tea", capacity=100, rate=50)
    assert bucket.take("somebody", 100).level == 0
    (key,) = in_redis.scan_iter("*bucket:tea:*")
    assert 2000 < int(in_redis.pttl(key)) <= 3000
    in_redis.hset(key, "at", float(in_redis.hget(key, "at") or 0) - 1)
    refilled = bucket.take("somebody", 0)
    assert 50 <= refilled.level <= 100
    in_redis.hset(key, "at", float(in_redis.hget(key, "at") or 0) + 3600)
    assert bucket.take("somebody", 0).level == pytest.approx(refilled.level, abs=1), "its clock was set back"


def test_what_is_given_back_does_not_overflow(in_redis: redis.Redis) -> None:
    bucket = TokenBucket("tea", capacity=100, rate=HARDLY)
    bucket.take("somebody", 30)
    assert bucket.take("somebody", -20).level == 90
    assert bucket.take("somebody", -20).level == 100


def test_a_redis_that_dies_and_comes_back_leaves_a_limit_all_the_time(
    own_redis: OwnRedis, in_redis: redis.Redis
) -> None:
    bucket = TokenBucket("tea", capacity=1000, rate=HARDLY)
    assert accepted([bucket.take("somebody", 100) for _ in range(12)]) == 10
    own_redis.kill()
    assert accepted([bucket.take("somebody", 100) for _ in range(12)]) == 10
