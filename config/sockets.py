"""uvicorn's WebSockets, with a close that no client can delay."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from graphql_api.live.close_codes import TRY_AGAIN_LATER

#: Seconds that a client has to read the remaining messages and the close frame.
CLOSE_TIMEOUT_SECONDS = 5.0


class Protocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol; a client that stops reading cannot keep the socket open."""

    async def send(self, message: Any) -> None:
        """Send; unlike other messages, a close does not wait until the client has read the earlier ones."""
        if message["type"] != "websocket.close":
            await super().send(message)
            return
        self.writable.set()
        await super().send(message)
        self.loop.call_later(CLOSE_TIMEOUT_SECONDS, self.transport.abort)

    def keepalive_timeout(self) -> None:
        """Close the socket of a client that answers no pings, with a code after which clients reconnect."""
        self.pong_timer = self.pending_ping_payload = None
        if self.close_sent or self.transport.is_closing():
            return
        self.conn.fail(TRY_AGAIN_LATER, "The pings were not answered")
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()
        self.loop.call_later(CLOSE_TIMEOUT_SECONDS, self.transport.abort)
