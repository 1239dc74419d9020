"""Live wake-ups: a broadcast says that something changed, with ids and a sequence only, never text.

The channel layer may drop a broadcast (when full, when Redis restarts). Nothing is lost by that:
subscribers read the rows they have not seen from the database, by sequence.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

#: Timeout of the channel layer for a broadcast, in seconds.
BROADCAST_TIMEOUT_SECONDS = 2.0

_server_loop: asyncio.AbstractEventLoop | None = None


def set_server_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """Set the event loop that the server's sockets run on; broadcasts of this process go through it.

    The in-memory layer's queues belong to that loop: a send from another thread would not wake it.
    """
    global _server_loop  # noqa: PLW0603 - one server loop per process, set at its start
    _server_loop = loop


def broadcast(group: str, **ids: int | str) -> None:
    """Wake the subscribers of `group`; the message names it, since one channel may be in many groups.

    Never raises: subscribers catch up without it.
    """
    message: dict[str, Any] = {"type": "live.wake", "group": group, **ids}
    try:
        if _server_loop is not None and _server_loop.is_running():
            asyncio.run_coroutine_threadsafe(_send(group, message), _server_loop)
        else:
            async_to_sync(_send)(group, message)
    except Exception:
        logger.exception("broadcast to %s failed", group)


async def _send(group: str, message: dict[str, Any]) -> None:
    """Send, and retry once, because a pooled connection may have been closed by the other end."""
    for is_last in (False, True):
        try:
            layer = get_channel_layer()
            if layer is not None:
                # A layer that hangs must not block the caller or the relay.
                async with asyncio.timeout(BROADCAST_TIMEOUT_SECONDS):
                    await layer.group_send(group, message)
        except Exception:
            if is_last:
                logger.exception("broadcast to %s failed", group)
            await asyncio.sleep(0 if is_last else 0.2)
        else:
            return
