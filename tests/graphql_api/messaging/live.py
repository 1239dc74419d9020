"""Waiting for the next answer of a subscription."""

from __future__ import annotations

import asyncio
from typing import Any


async def soon(upcoming: Any, patience: float = 30) -> dict[str, Any]:
    """Return the data of the next answer."""
    result = await asyncio.wait_for(upcoming, patience)
    assert not result.errors, result.errors
    data: dict[str, Any] = result.data
    return data
