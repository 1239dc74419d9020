"""Subscriptions as a socket serves them, without the socket."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from types import SimpleNamespace
from typing import Any

import orjson
from asgiref.sync import sync_to_async

from domains.accounts.models import Session, User
from graphql_api.context import Context
from graphql_api.live.streams import Handover
from graphql_api.schema import schema
from tests.factories import SessionFactory


async def follow(document: str, viewer: User | None = None, **variables: Any) -> AsyncGenerator[Any, None]:
    """Yield the answers of a subscription, each with `data` and `errors`, as the viewer or as a stranger."""
    session: Session | None = await sync_to_async(SessionFactory)(user=viewer) if viewer else None
    handover = Handover(document, None, variables)
    context = Context(request=None, request_id="test", ip_address="127.0.0.1", session=session, handover=handover)
    results: Any = await schema.subscribe(document, variables, context_value=context)
    try:
        async with aclosing(results):
            async for refusal in results:
                yield refusal
        async with aclosing(handover.payloads()) as payloads:
            async for payload in payloads:
                answer = orjson.loads(payload)
                yield SimpleNamespace(data=answer["data"], errors=answer.get("errors"))
    finally:
        if handover.stream is not None:
            await handover.stream.aclose()
