"""The socket side of the door: `/graphql` for sockets, and nothing else."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from graphql_api.consumers import GraphQLConsumer

PATH = re.compile(r"/graphql/?")

_consumer = GraphQLConsumer.as_asgi()


async def socket_application(scope: Any, receive: Any, send: Any) -> None:
    """Pass GraphQL sockets to the consumer; the handshake of any other path is refused (403)."""
    headers = dict(scope["headers"])
    if PATH.fullmatch(scope["path"]) and _names_this_host(headers) and not _hides_its_origin(headers):
        await _consumer(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.close", "code": 1000})


def _names_this_host(headers: dict[bytes, bytes]) -> bool:
    domain, _ = split_domain_port(headers.get(b"host", b"").decode("latin1"))
    return validate_host(domain, settings.ALLOWED_HOSTS)


def _hides_its_origin(headers: dict[bytes, bytes]) -> bool:
    """Browsers name the origin of the page in every handshake; other clients need not."""
    return b"origin" not in headers and headers.get(b"user-agent", b"").startswith(b"Mozilla/")
