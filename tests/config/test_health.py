"""Health checks: answered by whatever name they are asked, naming the parts that do not work."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import OperationalError

from config.health import serve_health


async def ask(path: str) -> tuple[int, dict[str, Any]]:
    async def django(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("Django was asked")

    scope = {"type": "http", "path": path, "method": "GET", "headers": [(b"host", b"10.1.2.3")]}
    application = ApplicationCommunicator(serve_health(django), scope)
    start = await application.receive_output()
    body = await application.receive_output()
    return start["status"], json.loads(body["body"])


async def test_the_process_answers_without_any_part() -> None:
    assert await ask("/healthz") == (200, {"status": "ok"})


@pytest.mark.django_db(transaction=True)
async def test_it_is_ready_when_every_part_works() -> None:
    status, answer = await ask("/readyz")
    assert (status, answer["status"], answer["parts"]["database"]) == (200, "ok", "ok")


@pytest.mark.django_db(transaction=True)
async def test_the_broken_part_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> None:
        raise OperationalError

    monkeypatch.setattr("config.health._check_database", down)
    status, answer = await ask("/readyz")
    assert (status, answer["status"], answer["parts"]["database"]) == (503, "unavailable", "unavailable")
