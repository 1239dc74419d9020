"""A client of graphql-transport-ws, as a test writes it: every frame it sends and sees is the test's own."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

PROTOCOL = Subprotocol("graphql-transport-ws")


class Socket:
    """An open socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self._ids = itertools.count(1)

    async def say(self, message: Any) -> None:
        """Send a message of the protocol, or any other JSON."""
        await self.connection.send(json.dumps(message))

    async def hear(self, patience: float = 30) -> dict[str, Any]:
        """Return the next message that is no ping."""
        async with asyncio.timeout(patience):
            while True:
                message: dict[str, Any] = json.loads(await self.connection.recv())
                if message["type"] != "ping":
                    return message

    async def close_code(self, patience: float = 30) -> int | None:
        """Return the code that the server closes with; what it says before is passed over."""
        with contextlib.suppress(ConnectionClosed):
            async with asyncio.timeout(patience):
                while True:
                    await self.connection.recv()
        return self.connection.close_code

    async def log_in(self, token: str | None = None) -> None:
        """Send `connection_init` and wait for its answer."""
        payload = {"Authorization": f"Bearer {token}"} if token else {}
        await self.say({"type": "connection_init", "payload": payload})
        assert (await self.hear())["type"] == "connection_ack"

    async def subscribe(self, document: str, **variables: Any) -> str:
        """Begin an operation and return its id."""
        id = str(next(self._ids))
        await self.say({"id": id, "type": "subscribe", "payload": {"query": document, "variables": variables}})
        return id

    async def settle(self) -> None:
        """Wait until what was subscribed to has begun: while nothing comes, ask five times what takes as long."""
        for _ in range(5):
            id = await self.subscribe("{ __typename }")
            next = await self.hear(20)
            assert (next["id"], next["payload"]["data"]) == (id, {"__typename": "Query"})
            assert await self.hear(20) == {"id": id, "type": "complete"}

    async def is_alive(self) -> bool:
        """Whether the server still answers a ping of the protocol; what was on its way before may come first."""
        await self.say({"type": "ping"})
        with contextlib.suppress(TimeoutError, ConnectionClosed):
            while (await self.hear())["type"] != "pong":
                pass
            return True
        return False


@contextlib.asynccontextmanager
async def opened(url: str, **options: Any) -> AsyncIterator[Socket]:
    """Open a socket; it is closed at the end."""
    options.setdefault("subprotocols", [PROTOCOL])
    async with connect(url, max_size=None, **options) as connection:
        yield Socket(connection)
