"""Limits on the size and the duration of request bodies, measured while they arrive; Content-Length is not trusted.

Django reads a whole body before it checks its size. Here the body is cut off at the limit, with or without a
Content-Length. A Content-Type that makes Django fail before our code runs is refused here too.
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

from domains.accounts.tokens import BadToken, read_upload_link
from domains.base.logs import begin_request
from domains.base.multipart import MAX_BODY, MIB
from graphql_api.edge.uploads import MULTIPART

logger = logging.getLogger("mishmob.graphql")

#: For all bodies except files that are sent to the API with a Content-Length.
MAX_PLAIN_BODY = MIB
#: Where files are sent without an operation (web/uploads.py).
UPLOADS = "/uploads/"
#: Seconds until a body must have arrived; a client that sends slowly would hold a connection forever.
PLAIN_SECONDS, FILES_SECONDS = 20, 180
#: If a connection is closed while the client is still sending, it is reset and the client never sees the response. So
#: the rest of the body is read and discarded, up to these limits.
DRAIN_SECONDS = 5
DRAIN_BYTES = 64 * MIB


def limit_bodies(application: Any) -> Any:
    """Answer 413 for a body that is too long, and 408 for one that takes too long.

    If Django has begun to read the body, it sees a client that disconnected.
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
    """The incoming body of one request, and whether the request was answered."""

    def __init__(self, receive: Any, send: Any, most: int) -> None:
        self._receive, self._send, self._left = receive, send, most
        seconds = PLAIN_SECONDS if most == MAX_PLAIN_BODY else FILES_SECONDS
        self._until = asyncio.get_running_loop().time() + seconds
        self.is_too_large = self.is_too_slow = self.is_answered = self._is_whole = False

    async def receive(self) -> Any:
        """Return the next chunk, or a disconnect of the client if a limit is exceeded."""
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
        """Send, and remember that the request was answered, so that it is not answered twice."""
        self.is_answered = True
        await self._send(message)

    async def forget_the_rest(self) -> None:
        """Read and discard the rest of the body, up to DRAIN_SECONDS and DRAIN_BYTES."""
        left = DRAIN_BYTES
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while left > 0 and not self._is_whole:
                    left -= len((await self._next()).get("body", b""))

    async def _next(self) -> Any:
        message = await self._receive()
        self._is_whole = not message.get("more_body", False)
        return message


def _header(scope: Any, name: bytes) -> bytes:
    """Return the value of the header, or nothing unless it was sent exactly once."""
    values = [value for given, value in scope["headers"] if given == name]
    return values[0].strip() if len(values) == 1 else b""


def _most(scope: Any) -> int:
    kind = _header(scope, b"content-type").partition(b";")[0].strip().lower().decode("latin1")
    brings_files = scope["method"] == "POST" and kind == MULTIPART and _takes_files(scope["path"])
    return MAX_BODY if brings_files and _header(scope, b"content-length") else MAX_PLAIN_BODY


def _takes_files(path: str) -> bool:
    """Tell whether files may be sent there: to the API, and to an address that `createUpload` gave."""
    if path.rstrip("/").endswith("/graphql"):
        return True
    try:
        return path.startswith(UPLOADS) and bool(read_upload_link(path.removeprefix(UPLOADS)))
    except BadToken:
        return False


def _objection(scope: Any, most: int) -> tuple[int, str] | None:
    """Return status and message if the headers alone are reason to refuse the request."""
    announced = _header(scope, b"content-length")
    if announced.isdigit() and (len(announced) > len(str(MAX_BODY)) or int(announced) > most):
        return _too_large(most)
    for name, value in scope["headers"]:
        if name == b"content-type":
            try:
                parse_header_parameters(value.decode("latin1"))
            except (ValueError, TypeError, LookupError):
                return 415, "The header Content-Type cannot be read."
    return None


def _objection_to(body: Body, most: int) -> tuple[int, str] | None:
    """Return status and message if the body exceeded a limit while it was read."""
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
    """Add the CORS headers, so that a page on an allowed origin can read the response, as it could from Django."""
    request = HttpRequest()
    request.method, request.path_info = scope["method"], scope["path"]
    request.META["HTTP_ORIGIN"] = _header(scope, b"origin").decode("latin1")
    CorsMiddleware(lambda _: response).add_response_headers(request, response)
