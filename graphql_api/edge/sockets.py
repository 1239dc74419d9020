"""The ASGI application for sockets: it serves `/graphql` only."""

from __future__ import annotations

import re
from typing import Any

from graphql_api.edge.consumers import GraphQLConsumer
from graphql_api.edge.hosts import names_this_host, refusal_of

PATH = re.compile(r"/graphql/?")

_consumer = GraphQLConsumer.as_asgi()


async def socket_application(scope: Any, receive: Any, send: Any) -> None:
    """Pass GraphQL sockets to the consumer; the handshake of any other path is refused (403)."""
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin1")
    is_ours = PATH.fullmatch(scope["path"]) and not _hides_its_origin(headers)
    if is_ours and names_this_host(host):
        await _consumer(scope, receive, send)
        return
    await receive()
    if is_ours:
        head = {"status": 403, "headers": [(b"content-type", b"text/plain; charset=utf-8")]}
        await send({"type": "websocket.http.response.start", **head})
        await send({"type": "websocket.http.response.body", "body": refusal_of(host).encode()})
        return
    await send({"type": "websocket.close", "code": 1000})


def _hides_its_origin(headers: dict[bytes, bytes]) -> bool:
    """Tell whether a browser sent no Origin: browsers send it in every handshake, other clients need not."""
    return b"origin" not in headers and headers.get(b"user-agent", b"").startswith(b"Mozilla/")
