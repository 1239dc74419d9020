"""The one way to cache an answer: figures only, keyed by the rights of the people who may share it.

Only ids and numbers are cached. Texts, times and rows are refused, so that the rows shown are always read anew,
with the rights of the viewer: a right that was lost, or a title that changed, shows in the next answer.

Images are cached by what they show (`get_or_draw`): the caller has checked the right to it before.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import caches

logger = logging.getLogger(__name__)

#: If nothing is cached, how long callers wait for the one that computes it before they compute it themselves.
WAIT_TIMEOUT_SECONDS, POLL_SECONDS = 1.0, 0.05
#: How long one caller's renewal keeps other callers from renewing the same entry.
RENEWAL_LOCK_SECONDS = 30

Figures = int | float | bool | None | list["Figures"]


@dataclass(frozen=True)
class Rights:
    """The rights under which an answer was found; answers with different rights have different keys."""

    key: str


#: For answers that are the same for everybody.
PUBLIC = Rights("public")


def get_or_compute(
    *, what: str, rights: Rights, seconds: int, compute: Callable[[], Figures], version: str = ""
) -> Figures:
    """Return what `find` found at most `seconds` ago with these rights and this version, or finds now.

    When the entry is too old, one caller renews it and the others use the old figures. While the cache is down,
    each caller calls `find`.
    """
    digest = hashlib.sha256(json.dumps([what, rights.key, version]).encode()).hexdigest()[:32]
    name = f"kept:{what}:{digest}"
    try:
        return _get_or_renew(name, seconds, compute)
    except _CacheFailed as down:
        logger.warning("the cache is down, %s is found out anew: %r", what, down.__cause__)
        return compute()


def get_or_draw(*, what: str, shows: Sequence[str], seconds: int, draw: Callable[[], bytes]) -> bytes:
    """Return the image that `draw` makes of the texts that it `shows`, which alone decide how it looks.

    The key is a digest of these texts; they may name no person, since the image itself is stored. While the cache is
    down, each caller draws.
    """
    digest = hashlib.sha256(json.dumps([what, *shows]).encode()).hexdigest()
    name = f"drawn:{what}:{digest}"
    try:
        image = _call_cache("get", name)
        if image is None:
            image = draw()
            _call_cache("set", name, image, seconds)
    except _CacheFailed as down:
        logger.warning("the cache is down, %s is drawn anew: %r", what, down.__cause__)
        return draw()
    return bytes(image)


class _CacheFailed(Exception):
    """The cache failed; exceptions from `find` are not caught."""


def _get_or_renew(name: str, seconds: int, compute: Callable[[], Figures]) -> Figures:
    entry = _call_cache("get", name)
    if _is_fresh(entry, seconds):
        return _figures(entry)
    if _call_cache("add", f"{name}:renewal", 1, RENEWAL_LOCK_SECONDS):
        return _renew(name, seconds, compute)
    deadline = time.monotonic() + WAIT_TIMEOUT_SECONDS
    while entry is None and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        entry = _call_cache("get", name)
    return compute() if entry is None else _figures(entry)


def _renew(name: str, seconds: int, compute: Callable[[], Figures]) -> Figures:
    try:
        figures = compute()
        _refuse_all_but_figures(figures)
        # Stored for longer than it is fresh, so that callers get the old figures during a renewal.
        _call_cache("set", name, json.dumps([time.time(), figures]), 2 * seconds)
        return figures
    finally:
        _call_cache("delete", f"{name}:renewal")


def _call_cache(method: str, *arguments: Any) -> Any:
    try:
        return getattr(caches["default"], method)(*arguments)
    except Exception as error:
        raise _CacheFailed from error


def _is_fresh(entry: str | None, seconds: int) -> bool:
    return entry is not None and 0 <= time.time() - json.loads(entry)[0] < seconds


def _figures(entry: str) -> Figures:
    figures: Figures = json.loads(entry)[1]
    return figures


def _refuse_all_but_figures(value: object) -> None:
    if isinstance(value, list):
        for one in value:
            _refuse_all_but_figures(one)
    elif not (value is None or isinstance(value, int | float)):
        raise TypeError(f"only ids and figures may be kept, not {type(value).__name__}")
