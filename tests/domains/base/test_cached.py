"""What is kept is shared by those with the same rights only, holds figures only, and is done without when it fails."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache

from domains.base import cached
from domains.base.cached import PUBLIC, Rights, get_or_compute


class Finding:
    """Something to find out that counts how often it was asked."""

    def __init__(self, found: Any = 1, *, seconds: float = 0) -> None:
        self.found, self.seconds, self.times = found, seconds, 0

    def __call__(self) -> Any:
        self.times += 1
        time.sleep(self.seconds)
        return self.found


def test_what_was_found_is_kept() -> None:
    find = Finding([[1, 2.5], [3, None]])
    assert [get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=find) for _ in range(3)] == [
        [[1, 2.5], [3, None]]
    ] * 3
    assert find.times == 1


def test_nothing_found_is_kept_too() -> None:
    find = Finding([])
    assert [get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=find) for _ in range(2)] == [[], []]
    assert find.times == 1


def test_two_with_different_rights_never_share() -> None:
    one, other = PUBLIC, Rights("the staff")
    assert get_or_compute(what="x", rights=one, seconds=60, compute=lambda: 1) == 1
    assert get_or_compute(what="x", rights=other, seconds=60, compute=lambda: 2) == 2
    assert get_or_compute(what="x", rights=one, seconds=60, compute=lambda: 3) == 1


def test_another_version_and_another_question_have_keys_of_their_own() -> None:
    assert get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=lambda: 1, version="a") == 1
    assert get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=lambda: 2, version="b") == 2
    assert get_or_compute(what="y", rights=PUBLIC, seconds=60, compute=lambda: 3, version="a") == 3


@pytest.mark.parametrize("found", ["a text", [1, "a text"], [[{"a": 1}]], object(), (1, 2)])
def test_a_text_or_a_row_is_refused(found: Any) -> None:
    with pytest.raises(TypeError, match="only ids and figures"):
        get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=lambda: found)
    assert get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=lambda: 7) == 7


def test_it_is_found_anew_when_it_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    find = Finding()
    get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=find)
    monkeypatch.setattr(time, "time", lambda: now + 59)
    get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=find)
    assert find.times == 1
    monkeypatch.setattr(time, "time", lambda: now + 61)
    get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=find)
    assert find.times == 2


def test_many_at_once_find_it_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "WAIT_TIMEOUT_SECONDS", 30.0)
    find, answers = Finding(5, seconds=0.2), []
    ask = lambda: answers.append(get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=find))  # noqa: E731
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [5] * 8
    assert find.times == 1


def test_while_one_renews_it_the_others_go_on_with_the_old(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=lambda: 1)
    monkeypatch.setattr(time, "time", lambda: now + 61)
    seen = []

    def renew() -> int:
        seen.append(get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=lambda: 3))
        return 2

    assert get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=renew) == 2
    assert seen == [1]


def test_one_who_fails_does_not_stand_in_the_way_of_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "WAIT_TIMEOUT_SECONDS", 120.0)

    def fail() -> int:
        raise LookupError("the table is away")

    with pytest.raises(LookupError):
        get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=fail)
    began = time.monotonic()
    assert get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=lambda: 2) == 2
    assert time.monotonic() - began < cached.WAIT_TIMEOUT_SECONDS / 2


@pytest.mark.parametrize("verb", ["get", "add", "set", "delete"])
def test_while_the_cache_is_down_everybody_finds_out_for_themselves(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, verb: str
) -> None:
    def down(*arguments: Any, **options: Any) -> None:
        raise ConnectionError("no cache")

    monkeypatch.setattr(type(cache._connections[cache._alias]), verb, down)  # type: ignore[attr-defined]
    assert [get_or_compute(what="x", rights=PUBLIC, seconds=60, compute=lambda: 4) for _ in range(2)] == [4, 4]
    assert "the cache is down" in caplog.text


def test_an_image_is_kept_by_what_it_shows() -> None:
    drawn: list[str] = []

    def draw(name: str) -> bytes:
        drawn.append(name)
        return name.encode()

    for name in ("a", "b", "a", "b"):
        image = cached.get_or_draw(what="x", shows=["code", name], seconds=60, draw=partial(draw, name))
        assert image == name.encode()
    assert drawn == ["a", "b"]
    assert cached.get_or_draw(what="y", shows=["code", "a"], seconds=60, draw=lambda: b"other") == b"other"
    assert cached.get_or_draw(what="x", shows=["codea", ""], seconds=60, draw=lambda: b"another") == b"another"
