"""Health: `/healthz` says that the process answers, `/readyz` which of its parts work.

Both are answered before Django sees the request, to every client and under every host name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import redis
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error, close_old_connections, connection

OK, UNAVAILABLE = "ok", "unavailable"


def serve_health(application: Any) -> Any:
    """Return an ASGI application that answers the two health checks itself and passes the rest on."""

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path == "/healthz":
            await _respond(send, {"status": OK})
        elif path == "/readyz":
            await _respond(send, await sync_to_async(check_readiness)())
        else:
            await application(scope, receive, send)

    return serve


def check_readiness() -> dict[str, Any]:
    """Return whether the server is ready, and whether each part works."""
    parts: dict[str, Callable[[], object]] = {"database": _check_database}
    if settings.REDIS_URL:
        parts["redis"] = _check_redis
    states = {name: _run_check(check) for name, check in parts.items()}
    return {"status": OK if set(states.values()) == {OK} else UNAVAILABLE, "parts": states}


async def _respond(send: Any, content: dict[str, Any]) -> None:
    status = 200 if content["status"] == OK else 503
    body = orjson.dumps(content)
    length = str(len(body)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", length), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _run_check(check: Callable[[], object]) -> str:
    try:
        check()
    except (Error, redis.RedisError, OSError):
        return UNAVAILABLE
    return OK


def _check_database() -> None:
    close_old_connections()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        close_old_connections()


def _check_redis() -> None:
    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
        client.ping()
