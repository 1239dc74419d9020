"""Rate limits: counted before the try, per key and window, and never open."""

from __future__ import annotations

import pytest
import time_machine
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache

from domains.base import rates
from domains.base.errors import Refused


@pytest.fixture(autouse=True)
def _empty_fallback() -> None:
    caches["local"].clear()


def spend(key: str = "somebody") -> None:
    rates.spend(what="tea", key=key, limit=2, seconds=60)


def test_the_third_try_is_refused_until_the_window_is_over() -> None:
    with time_machine.travel("2030-01-01T12:00:10Z", tick=False) as clock:
        spend()
        spend()
        with pytest.raises(Refused, match="RATE_LIMITED") as refused:
            spend()
        assert "wait 50 seconds" in refused.value.problems[0].message
        spend("somebody else")
        clock.shift(50)
        spend()


def test_without_the_shared_cache_each_process_counts_for_itself(monkeypatch, caplog) -> None:
    def down(*_: object, **__: object) -> None:
        raise ConnectionError("no cache today")

    monkeypatch.setattr(caches["default"], "add", down)
    with time_machine.travel("2030-01-01T12:00:10Z", tick=False):
        spend()
        spend()
        with pytest.raises(Refused, match="RATE_LIMITED"):
            spend()
    assert "no cache today" in caplog.text


def test_a_benchmark_may_switch_them_off(settings) -> None:
    settings.RATE_LIMITS = False
    for _ in range(5):
        spend()


def test_the_fallback_is_of_this_process() -> None:
    assert isinstance(caches["local"], LocMemCache)
