"""What every test may use: the API as a stranger or as somebody, and the counting of SQL statements."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.api import Api
from tests.cache import forget
from tests.midsummer import MIDSUMMER


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    """Rate limits and cached answers of one test do not reach the next."""
    forget()
    yield
    forget()


@pytest.fixture
def one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tries fall into one window of the rate limits: none ends while a test counts them."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)


@pytest.fixture
def midsummer() -> Iterator[None]:
    """It is the middle of `tests.midsummer.YEAR`."""
    with time_machine.travel(MIDSUMMER):
        yield


@pytest.fixture
def api(db: None) -> Api:
    """The API as a stranger sees it."""
    return Api(Client())


@pytest.fixture
def api_as(db: None) -> Callable[[Any], Api]:
    """The API as a person sees it: `api_as(user)`."""
    return lambda user: Api(Client(), user)
