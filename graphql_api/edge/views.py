"""GraphQL over HTTP: every request is answered in JSON, and no input of a client causes a 500."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
from asgiref.sync import sync_to_async
from cross_web import HTTPException
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from strawberry.django.views import AsyncGraphQLView
from strawberry.http import GraphQLHTTPResponse
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from domains.accounts import selectors as accounts
from domains.base.errors import NotSignedIn, RateLimited
from domains.base.logs import begin_request, current_request_id
from domains.base.networks import client_address
from graphql_api.checks import rate_limit
from graphql_api.checks.answers import encode_answer
from graphql_api.checks.input_limits import MAX_VALUES, holds_too_many_values
from graphql_api.checks.limits import MAX_CHARACTERS
from graphql_api.checks.rate_limit import REFUSAL_COST
from graphql_api.checks.texts import is_unicode
from graphql_api.context import Context
from graphql_api.edge.uploads import MULTIPART, check_multipart, read_multipart
from graphql_api.errors import NO_OPERATION, is_variable_error
from graphql_api.schema import schema

logger = logging.getLogger("mishmob.graphql")

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
TOO_MANY_REQUESTS = 429


class GraphQLView(AsyncGraphQLView[Context, None]):
    """`/graphql/` for HTTP requests; sockets go to `consumers.py`, browsers that ask for HTML get `editor_page`."""

    #: Status that GraphQL over HTTP defines for this response, if the client asked for RESPONSE_JSON.
    status = 200
    #: Context of the request, once the caller is known.
    context: Context | None = None
    #: The page for browsers that ask for HTML and send no document.
    editor_page: Callable[[HttpRequest], HttpResponse] | None = None

    def __init__(self, editor_page: Callable[[HttpRequest], HttpResponse] | None = None, **options: Any) -> None:
        super().__init__(multipart_uploads_enabled=True, **options)
        self.editor_page = editor_page

    async def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override] # Django's is sync
        """Answer the request; refusals by the transport are JSON too."""
        request_id = begin_request()
        try:
            response = await self._answer(request)
        except NotPersisted:
            response = await self._refuse(200, "PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")
        except HTTPException as error:
            status = 405 if isinstance(error.__cause__, InvalidOperationTypeError) else error.status_code
            is_charged = isinstance(error.__cause__, NO_OPERATION)
            code = "LIMIT_EXCEEDED" if isinstance(error, OverLimit) else "BAD_USER_INPUT"
            response = await self._refuse(status, code, error.reason, is_charged=is_charged)
        except RequestDataTooBig:
            response = _refusal(413, "BAD_USER_INPUT", "The request is too large: at most 1 MiB.")
        except Http404:
            raise
        except Exception as fault:  # any failure is answered in JSON, with the id of the request
            logger.exception("request %s failed", request_id)
            status = 503 if isinstance(fault, OperationalError) else 500
            response = _refusal(status, "INTERNAL", f"Something went wrong here; the request's id is {request_id}.")
        response["X-Request-Id"] = request_id
        response["Cache-Control"] = "no-store"
        return response

    async def _refuse(self, status: int, code: str, message: str, *, is_charged: bool = False) -> HttpResponse:
        """Refuse an invalid GraphQL request; if its body was read, it costs as much as a refused document."""
        if self.context is None:
            return _refusal(status, code, message)
        try:
            if not is_charged:
                await rate_limit.take(self.context, REFUSAL_COST, requested=REFUSAL_COST)
        except RateLimited as limited:
            message = limited.problems[0].message
            return _refusal(TOO_MANY_REQUESTS, "RATE_LIMITED", message, self.context.cost, limited.retry_after)
        return _refusal(status, code, message, self.context.cost)

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        has_document = not {"query", "extensions"}.isdisjoint(request.GET)
        if self.editor_page and request.method == "GET" and not has_document and "text/html" in _accept(request):
            return await sync_to_async(self.editor_page)(request)
        if request.method == "POST" and (request.content_type or "").lower() == MULTIPART:
            check_multipart(request)
        elif request.method == "POST" and (request.content_type or "").lower() != JSON:
            raise HTTPException(415, f"Send the request as {JSON}.")
        if request.method == "GET" and not has_document:
            raise HTTPException(400, "Send the document as `query`.")
        response = await self.run(request=request)
        if _media_type(request) == RESPONSE_JSON:
            response["Content-Type"] = f"{RESPONSE_JSON}; charset=utf-8"
            response.status_code = self.status
        elif self.status == TOO_MANY_REQUESTS:
            response.status_code = self.status
        return response

    async def get_context(self, request: HttpRequest, response: Any) -> Context:
        """Return the context with the session of the bearer token, if there is one. A bad token is an error."""
        header = request.headers.get("Authorization")
        session, refusal = None, None
        if header:
            try:
                session = await sync_to_async(accounts.get_session)(authorization=header)
            except NotSignedIn as error:
                refusal = error
        peer, forwarded_for = request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", "")
        self.context = Context(
            request=request,
            response=response,
            request_id=current_request_id(),
            ip_address=client_address(peer, forwarded_for),
            session=session,
            refusal=refusal,
        )
        return self.context

    def should_render_graphql_ide(self, request: Any) -> bool:
        """Return False, because `_answer` serves the page."""
        return False

    async def parse_http_body(self, request: Any) -> Any:
        """Parse the request; an invalid GraphQL request is refused with the reason."""
        try:
            data = await super().parse_http_body(request)
        except (AttributeError, TypeError) as error:
            raise HTTPException(400, "The request must be a JSON object with a `query`.") from error
        if isinstance(data, list):
            raise HTTPException(400, "Send one operation per request.")
        if not data.query and "persistedQuery" in (data.extensions or {}):
            raise NotPersisted
        if len(data.query or "") > MAX_CHARACTERS:
            raise OverLimit(f"The document is too long: at most {MAX_CHARACTERS} characters.")
        if not isinstance(data.operation_name, str | None):
            raise HTTPException(400, "`operationName` must be a string.")
        if not is_unicode(data.operation_name or ""):
            raise HTTPException(400, "`operationName` must be valid Unicode.")
        return data

    async def parse_multipart(self, request: Any) -> dict[str, Any]:
        """Parse a request with files."""
        return await sync_to_async(read_multipart)(request.request, self.decode_json)

    def decode_json(self, data: str | bytes) -> object:
        """Parse JSON strictly: UTF-8, no duplicate keys that another parser would read differently."""
        if holds_too_many_values(data):
            raise OverLimit(f"The request holds too much: at most {MAX_VALUES:,} values in all its variables.")
        try:
            return json.loads(data, object_pairs_hook=_object, parse_constant=_not_json)
        except (ValueError, RecursionError) as error:
            raise HTTPException(400, "The request is not valid JSON.") from error

    def encode_json(self, data: object) -> bytes:
        """Encode the answer as JSON."""
        return encode_answer(data)

    async def process_result(self, request: HttpRequest, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Leave out `data` if nothing was executed, as GraphQL over HTTP requires."""
        response = await super().process_result(request, result)
        if isinstance(result, PreExecutionError) or any(map(is_variable_error, result.errors or ())):
            self.status = 400
            response.pop("data", None)
        self._say_when_to_come_back(result)
        return response

    def _say_when_to_come_back(self, result: ExecutionResult) -> None:
        assert self.context is not None  # noqa: S101 # the document was executed with it
        told = [error.extensions or {} for error in result.errors or ()]
        seconds = max(self.context.retry_after, *(one.get("retryAfter", 0) for one in told), 0)
        if seconds:
            self.context.response["Retry-After"] = seconds
        if isinstance(result, PreExecutionError) and any(one.get("code") == "RATE_LIMITED" for one in told):
            self.status = TOO_MANY_REQUESTS


class OverLimit(HTTPException):
    """The request exceeds a limit and is refused before it is parsed."""

    def __init__(self, reason: str) -> None:
        super().__init__(400, reason)


class NotPersisted(Exception):
    """The request sends only the hash of its document, but this server stores no documents."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    parsed = dict(pairs)
    if len(parsed) != len(pairs):
        raise ValueError("a key stands twice in one object")
    if not all(map(is_unicode, parsed)):
        raise ValueError("a key is no valid Unicode")
    return parsed


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _accept(request: HttpRequest) -> str:
    return request.headers.get("Accept", "")


def _media_type(request: HttpRequest) -> str:
    """Return the media type that the client prefers; the older one if it states none."""
    try:
        preferred = request.get_preferred_type([JSON, RESPONSE_JSON]) if _accept(request) else JSON
    except ValueError:  # an invalid Accept header counts as none
        preferred = JSON
    return preferred or JSON


def _refusal(
    status: int, code: str, message: str, cost: dict[str, int] | None = None, retry_after: int | None = None
) -> HttpResponse:
    logger.info("request %s was answered %s %s", current_request_id(), status, code)
    extensions: dict[str, object] = {"code": code, "requestId": current_request_id()}
    if retry_after is not None:
        extensions["retryAfter"] = retry_after
    answer: dict[str, object] = {"errors": [{"message": message, "extensions": extensions}]}
    if cost:
        answer["extensions"] = {"cost": cost}
    response = HttpResponse(orjson.dumps(answer), status=status, content_type=JSON)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def schema_document(request: HttpRequest) -> HttpResponse:
    """Serve the schema of this server; it is public, like the API."""
    return HttpResponse(_printed_schema(), content_type="text/plain; charset=utf-8")


@cache
def _printed_schema() -> str:
    return schema.as_str()
