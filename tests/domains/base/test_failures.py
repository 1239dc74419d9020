"""Limits on failures: over any window, exact among threads, and never open."""

from __future__ import annotations

import threading

import pytest
import time_machine
from django.core.cache import BaseCache, caches

from domains.base import failures
from domains.base.errors import RateLimited, Refused
from tests.threads import at_once

LIMIT = failures.Limit("tea", 3, 60)


@pytest.fixture(autouse=True)
def _empty_fallback() -> None:
    caches["local"].clear()


@pytest.fixture
def no_shared_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this process counts; its entries end by the clock of the test, those in Redis by the clock of Redis."""

    def down(*_: object, **__: object) -> None:
        raise ConnectionError("no cache today")

    monkeypatch.setattr(caches["default"], "get_many", down)


def attempt(key: str = "somebody") -> failures.Reservation:
    reservation = failures.reserve(LIMIT, key)
    assert reservation
    return reservation


def wait_of_refusal(key: str = "somebody") -> int | None:
    with pytest.raises(RateLimited) as refused:
        attempt(key)
    return refused.value.problems[0].retry_after


@pytest.mark.usefixtures("no_shared_cache")
def test_no_window_of_the_length_holds_more_failures_than_the_limit(caplog) -> None:
    with time_machine.travel("2030-01-01T12:00:10Z", tick=False) as clock:
        attempt()
        clock.shift(49)  # the minute of the clock is over in a second, the minute since the first failure is not
        attempt()
        attempt()
        clock.shift(2)
        assert wait_of_refusal() == 9
        attempt("somebody else")
        clock.shift(9.5)
        attempt()
        assert wait_of_refusal() == 49, "only the first of them is over"
    assert "no cache today" in caplog.text


def test_what_is_released_is_counted_no_more() -> None:
    for _ in range(10):
        attempt().release()
    kept = [attempt() for _ in range(3)]
    wait_of_refusal()
    kept[1].release()
    attempt()
    wait_of_refusal()


def test_of_fifty_at_once_as_many_are_let_through_as_may_fail() -> None:
    answers = at_once(lambda _: attempt(), 50)
    assert sum(isinstance(answer, failures.Reservation) for answer in answers) == 3
    assert sum(isinstance(answer, Refused) for answer in answers) == 47


def test_a_count_that_is_read_before_it_is_raised_lets_too_many_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test above: what makes the count exact is that `add` is one step."""
    both_have_read = threading.Barrier(2)

    def in_two_steps(self: BaseCache, key: str, value: object, timeout: int) -> bool:
        is_free = self.get(key) is None
        both_have_read.wait(timeout=30)
        self.set(key, value, timeout)
        return is_free

    monkeypatch.setattr(type(caches["default"]), "add", in_two_steps)
    answers = at_once(lambda _: failures.reserve(failures.Limit("tea", 1, 60), "somebody"), 2)
    assert sum(isinstance(answer, failures.Reservation) for answer in answers) == 2


def test_a_benchmark_may_switch_them_off(settings) -> None:
    settings.RATE_LIMITS = False
    assert [failures.reserve(LIMIT, "somebody") for _ in range(5)] == [None] * 5


def test_a_cache_that_fails_meanwhile_keeps_the_attempt_counted(monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    reservation = attempt()

    def down(*_: object, **__: object) -> None:
        raise ConnectionError("no cache today")

    monkeypatch.setattr(type(reservation.cache), "delete", down)
    reservation.release()
    assert "no cache today" in caplog.text
