"""The socket side of the door."""

from typing import Any


async def socket_application(scope: Any, receive: Any, send: Any) -> None:
    """Placeholder until the consumer is here."""
    await send({"type": "websocket.close", "code": 1001})
