"""Subscriptions without a socket, as tests follow them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from asgiref.sync import sync_to_async

from domains.accounts.models import Session, User
from graphql_api.context import Context
from graphql_api.schema import schema
from tests.factories import SessionFactory


async def subscribe(document: str, viewer: User | None = None, **variables: Any) -> AsyncGenerator[Any, None]:
    """Begin a subscription as the viewer, or as a stranger."""
    session: Session | None = await sync_to_async(SessionFactory)(user=viewer) if viewer else None
    context = Context(request=None, request_id="test", ip_address="127.0.0.1", session=session)
    results: Any = await schema.subscribe(document, variables, context_value=context)
    return results  # type: ignore[no-any-return]


async def soon(upcoming: Any, patience: float = 10) -> dict[str, Any]:
    """Return the data of the next answer."""
    result = await asyncio.wait_for(upcoming, patience)
    assert not result.errors, result.errors
    data: dict[str, Any] = result.data
    return data
