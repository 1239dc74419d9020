"""The longest body of a request, counted while it comes in: what it says of its own length is not believed.

Django reads a whole body before it looks at it. Here it is cut off at the limit, whether or not it announced itself.
"""

from __future__ import annotations

from typing import Any

import orjson

from graphql_api.logs import begin_request
from graphql_api.uploads import MAX_BODY, MIB, MULTIPART

#: What is not multipart is at most so long; a byte more is Django's to refuse, in its own words.
MAX_PLAIN_BODY = MIB + 1


class TooLarge(Exception):
    """The body went on past its limit."""


def limit_bodies(application: Any) -> Any:
    """Answer 413 for a request whose body is too long; Django does not hear of it."""

    async def limited(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        headers = dict(scope["headers"])
        is_multipart = headers.get(b"content-type", b"").strip().lower().startswith(MULTIPART.encode())
        most = MAX_BODY if is_multipart else MAX_PLAIN_BODY
        announced = headers.get(b"content-length", b"")
        if announced.isdigit() and (len(announced) > len(str(MAX_BODY)) or int(announced) > most):
            await _refuse(send, most)
            return
        received = 0

        async def counted() -> Any:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise TooLarge
            return message

        try:
            await application(scope, counted, send)
        except TooLarge:
            await _refuse(send, most)

    return limited


async def _refuse(send: Any, most: int) -> None:
    request_id = begin_request()
    error = {
        "message": f"The request is too large: at most {most // MIB} MiB.",
        "extensions": {"code": "BAD_USER_INPUT", "requestId": request_id},
    }
    headers = [
        (b"content-type", b"application/json"),
        (b"connection", b"close"),
        (b"cache-control", b"no-store"),
        (b"x-request-id", request_id.encode()),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": orjson.dumps({"errors": [error]})})
