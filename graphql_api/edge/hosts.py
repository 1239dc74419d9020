"""Refuses requests and sockets with an unknown host name, and names the setting that allows it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import split_domain_port, validate_host
from django.utils.decorators import sync_and_async_middleware

from domains.base.logs import begin_request

logger = logging.getLogger("mishmob.graphql")

MAX_SHOWN = 100


@sync_and_async_middleware
def check_host(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Refuse the request with 400: as JSON for the API, else as a sentence."""

    async def answer_soon(request: HttpRequest) -> Any:
        return _refusal(request) or await get_response(request)

    def answer(request: HttpRequest) -> Any:
        return _refusal(request) or get_response(request)

    return answer_soon if iscoroutinefunction(get_response) else answer


def names_this_host(host: str) -> bool:
    """Tell whether the `Host` header names this server."""
    domain, _ = split_domain_port(host)
    return validate_host(domain, settings.ALLOWED_HOSTS)


def refusal_of(host: str) -> str:
    """Return the sentence that names the missing setting."""
    return f"This server does not answer to the host name {host[:MAX_SHOWN]!r}; add it to ALLOWED_HOSTS."


def _refusal(request: HttpRequest) -> HttpResponse | None:
    try:
        request.get_host()
    except DisallowedHost:
        request_id = begin_request()
        sentence = refusal_of(request.headers.get("Host", ""))
        logger.info("request %s was answered 400: %s", request_id, sentence)
        if request.path_info.rstrip("/") == "/graphql":
            extensions = {"code": "BAD_USER_INPUT", "requestId": request_id}
            response: HttpResponse = JsonResponse(
                {"errors": [{"message": sentence, "extensions": extensions}]}, status=400
            )
        else:
            response = HttpResponse(f"{sentence}\n", status=400, content_type="text/plain; charset=utf-8")
        response["X-Request-Id"] = request_id
        return response
    return None
