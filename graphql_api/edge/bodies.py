"""How long a body may be, counted while it comes in, and may take: what it says of its own length is not believed.

Django reads a whole body before it looks at it. Here it is cut off at the limit, whether or not it announced itself.
Refused here too is a content type that Django stumbles over before any of our code is asked.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

import orjson
from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_header_parameters

from domains.base.logs import begin_request
from graphql_api.edge.uploads import MAX_BODY, MIB, MULTIPART

logger = logging.getLogger("mishmob.graphql")

#: All but files sent to the API by a request that says how long it is.
MAX_PLAIN_BODY = MIB
#: How long a body may take to come in: bytes that drip would hold a connection for ever.
PLAIN_SECONDS, FILES_SECONDS = 20, 180
#: A connection that is closed on a client who is still sending is reset, and the answer is lost on the way. So what
#: still comes is read and forgotten, for so long and so far.
LINGER_SECONDS = 5
LINGER_BYTES = 64 * MIB


def limit_bodies(application: Any) -> Any:
    """Answer 413 for a body that is too long, and 408 for one that takes too long.

    To Django, if it began to read, the client has gone.
    """

    async def limited(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        most = _most(scope)
        body = Body(receive, send, most)
        objection = _objection(scope, most)
        if objection is None:
            await application(scope, body.receive, body.send)
            objection = None if body.is_answered else _objection_to(body, most)
        if objection:
            await _refuse(scope, body, *objection)

    return limited


class Body:
    """What comes in of one request, and whether it was answered."""

    def __init__(self, receive: Any, send: Any, most: int) -> None:
        self._receive, self._send, self._left = receive, send, most
        seconds = PLAIN_SECONDS if most == MAX_PLAIN_BODY else FILES_SECONDS
        self._until = asyncio.get_running_loop().time() + seconds
        self.is_too_large = self.is_too_slow = self.is_answered = self._is_whole = False

    async def receive(self) -> Any:
        """Return the next piece; past the limits, that the client has gone."""
        try:
            async with asyncio.timeout_at(None if self._is_whole else self._until):
                message = await self._next()
        except TimeoutError:
            self.is_too_slow = True
            return {"type": "http.disconnect"}
        self._left -= len(message.get("body", b""))
        self.is_too_large = self.is_too_large or self._left < 0
        return {"type": "http.disconnect"} if self.is_too_large else message

    async def send(self, message: Any) -> None:
        """Answer, and remember it: nobody is answered twice."""
        self.is_answered = True
        await self._send(message)

    async def forget_the_rest(self) -> None:
        """Read on until the client is done or has gone, within the bounds of patience."""
        left = LINGER_BYTES
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                while left > 0 and not self._is_whole:
                    left -= len((await self._next()).get("body", b""))

    async def _next(self) -> Any:
        message = await self._receive()
        self._is_whole = not message.get("more_body", False)
        return message


def _header(scope: Any, name: bytes) -> bytes:
    """Return what the header says if it is there once."""
    values = [value for given, value in scope["headers"] if given == name]
    return values[0].strip() if len(values) == 1 else b""


def _most(scope: Any) -> int:
    kind = _header(scope, b"content-type").partition(b";")[0].strip().lower().decode("latin1")
    brings_files = scope["method"] == "POST" and kind == MULTIPART and scope["path"].rstrip("/").endswith("/graphql")
    return MAX_BODY if brings_files and _header(scope, b"content-length") else MAX_PLAIN_BODY


def _objection(scope: Any, most: int) -> tuple[int, str] | None:
    """Return what the head alone is refused for: the status and why."""
    announced = _header(scope, b"content-length")
    if announced.isdigit() and (len(announced) > len(str(MAX_BODY)) or int(announced) > most):
        return _too_large(most)
    for name, value in scope["headers"]:
        if name == b"content-type":
            try:
                parse_header_parameters(value.decode("latin1"))
            except ValueError:
                return 415, "The header Content-Type cannot be read."
    return None


def _objection_to(body: Body, most: int) -> tuple[int, str] | None:
    """Return what a body that was begun to be read is refused for."""
    if body.is_too_slow:
        return 408, "The request took too long to arrive; send it again."
    return _too_large(most) if body.is_too_large else None


def _too_large(most: int) -> tuple[int, str]:
    return 413, f"The request is too large: at most {most // MIB} MiB."


async def _refuse(scope: Any, body: Body, status: int, message: str) -> None:
    request_id = begin_request()
    logger.info("request %s was answered %s %s", request_id, status, "BAD_USER_INPUT")
    error = {"message": message, "extensions": {"code": "BAD_USER_INPUT", "requestId": request_id}}
    response = HttpResponse(orjson.dumps({"errors": [error]}), status=status, content_type="application/json")
    response["Content-Length"] = str(len(response.content))
    response["Connection"] = "close"
    response["Cache-Control"] = "no-store"
    response["X-Request-Id"] = request_id
    _let_page_read(scope, response)
    headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    await body.send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await body.send({"type": "http.response.body", "body": response.content, "more_body": True})
    await body.forget_the_rest()
    await body.send({"type": "http.response.body"})


def _let_page_read(scope: Any, response: HttpResponse) -> None:
    """A page on an allowed origin gets to see the answer, as it would from Django."""
    request = HttpRequest()
    request.method, request.path_info = scope["method"], scope["path"]
    request.META["HTTP_ORIGIN"] = _header(scope, b"origin").decode("latin1")
    CorsMiddleware(lambda _: response).add_response_headers(request, response)
