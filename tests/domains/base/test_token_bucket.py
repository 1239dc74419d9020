"""Token buckets: exact for a crowd, each caller for itself, and never open."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches

from domains.base.token_bucket import Balance, TokenBucket
from tests.threads import at_once

#: So little that nothing is refilled while a test runs, however slow the machine is.
HARDLY = 1e-9


@pytest.fixture(autouse=True)
def _in_process(settings: Any) -> None:
    settings.REDIS_URL = ""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets time stand still, and moves it."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def move(seconds: float) -> None:
        now[0] += seconds

    return move


def test_a_crowd_takes_exactly_what_is_there() -> None:
    bucket = TokenBucket("tea", capacity=1000, rate=HARDLY)
    answers = at_once(lambda _: bucket.take("somebody", 100), 50)
    assert sum(isinstance(one, Balance) and one.is_taken for one in answers) == 10


def test_a_bucket_is_refilled_up_to_its_capacity(clock: Callable[[float], None]) -> None:
    bucket = TokenBucket("tea", capacity=100, rate=10)
    assert bucket.take("somebody", 100) == Balance(is_taken=True, level=0)
    clock(3)
    short = bucket.take("somebody", 50)
    assert short == Balance(is_taken=False, level=30)
    assert bucket.seconds_until(50, short) == 2
    clock(2)
    assert bucket.take("somebody", 50) == Balance(is_taken=True, level=0)
    clock(1000)
    assert bucket.take("somebody", 40) == Balance(is_taken=True, level=60)


def test_what_is_given_back_does_not_overflow() -> None:
    bucket = TokenBucket("tea", capacity=100, rate=HARDLY)
    bucket.take("somebody", 30)
    assert bucket.take("somebody", -20).level == pytest.approx(90)
    assert bucket.take("somebody", -20).level == 100


def test_each_has_a_bucket(clock: Callable[[float], None]) -> None:
    bucket = TokenBucket("tea", capacity=10, rate=1)
    assert bucket.take("one", 10).is_taken
    assert bucket.take("other", 10).is_taken
    assert not bucket.take("one", 1).is_taken


def test_who_waits_is_told_for_how_long(clock: Callable[[float], None]) -> None:
    bucket = TokenBucket("tea", capacity=10, rate=4)
    empty = bucket.take("somebody", 10)
    assert bucket.seconds_until(1, empty) == 1
    assert bucket.seconds_until(10, empty) == 3
    assert bucket.seconds_until(1000, empty) == 3, "more than a bucket holds is never there"


def test_buckets_that_are_full_again_take_no_memory(clock: Callable[[float], None]) -> None:
    bucket = TokenBucket("tea", capacity=10, rate=1)
    for number in range(1000):
        bucket.take(f"network-{number}", 1)
    clock(10)
    bucket.take("somebody", 1)
    assert len(bucket._local) == 1


def test_while_redis_is_down_each_process_keeps_the_buckets(settings: Any, caplog: Any, monkeypatch: Any) -> None:
    def down(*_: object) -> None:
        raise ConnectionError("no Redis today")

    settings.REDIS_URL = "redis://127.0.0.1:1"
    monkeypatch.setattr(type(caches["default"]), "run_script", down, raising=False)
    bucket = TokenBucket("tea", capacity=1000, rate=HARDLY)
    answers = at_once(lambda _: bucket.take("somebody", 100), 20)
    assert sum(isinstance(one, Balance) and one.is_taken for one in answers) == 10
    assert "no Redis today" in caplog.text


def test_a_benchmark_may_switch_them_off(settings: Any) -> None:
    settings.RATE_LIMITS = False
    bucket = TokenBucket("tea", capacity=10, rate=HARDLY)
    assert [bucket.take("somebody", 10).level for _ in range(3)] == [10, 10, 10]
