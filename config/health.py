"""Health: `/healthz` says that the process answers, `/readyz` which of its parts do."""

from __future__ import annotations

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse


def alive(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as the process can answer."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 if every part works, else 503, naming the parts that do not."""
    parts: dict[str, Callable[[], object]] = {"database": _database}
    if settings.REDIS_URL:
        parts["redis"] = _redis
    states = {name: _state(check) for name, check in parts.items()}
    is_ready = all(state == "ok" for state in states.values())
    return JsonResponse(
        {"status": "ok" if is_ready else "unavailable", "parts": states}, status=200 if is_ready else 503
    )


def _state(check: Callable[[], object]) -> str:
    try:
        check()
    except (Error, redis.RedisError, OSError):
        return "unavailable"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _redis() -> None:
    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
        client.ping()
