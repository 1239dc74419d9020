"""Sockets as uvicorn serves them, with an end that no client can put off."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from graphql_api.live.close_codes import TRY_AGAIN_LATER

#: Seconds that a client has to take the last of what was sent, and the reason for the end.
PARTING = 5.0


class Protocol(WebSocketsSansIOProtocol):
    """uvicorn's sockets; a client that reads no longer cannot keep one open."""

    async def send(self, message: Any) -> None:
        """Send; an end does not wait until the client has read what came before it, as all else does."""
        if message["type"] != "websocket.close":
            await super().send(message)
            return
        self.writable.set()
        await super().send(message)
        self.loop.call_later(PARTING, self.transport.abort)

    def keepalive_timeout(self) -> None:
        """End the socket of a client that answers no pings, by a code after which clients come back."""
        self.pong_timer = self.pending_ping_payload = None
        if self.close_sent or self.transport.is_closing():
            return
        self.conn.fail(TRY_AGAIN_LATER, "The pings were not answered")
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()
        self.loop.call_later(PARTING, self.transport.abort)
