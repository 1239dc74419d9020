"""PostgreSQL cuts its connections, as a restart or an idle firewall does: the sockets live on with new ones."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest

from tests.chat import Person
from tests.graphql_api.messaging.documents import INBOX
from tests.live_server import LiveServer
from tests.sockets import Socket, opened

pytestmark = pytest.mark.services

#: What differs by viewer is read for each subscriber by itself.
PERSONAL = """subscription ($id: ID!) { conversationEvents(conversationId: $id, afterSequence: 0) {
  ... on MessageSent { sequence message { content sender { skills { id } } conversation { unreadCount } } } } }"""


def cut(database_url: str) -> int:
    """End every connection to the database but one's own."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return len(rows.fetchall())


async def next_of(socket: Socket) -> dict[str, Any]:
    """Return the payload of the next event."""
    message = await socket.hear()
    assert message["type"] == "next", message
    payload: dict[str, Any] = message["payload"]
    assert "errors" not in payload, payload
    return payload["data"]  # type: ignore[no-any-return]


async def test_sockets_outlive_a_cut_of_all_connections(
    two_servers: tuple[LiveServer, LiveServer], database_url: str
) -> None:
    server = two_servers[0]
    ann = await asyncio.to_thread(Person.log_in, server, "volunteer@demo.example")
    ben = await asyncio.to_thread(Person.log_in, server, "host@demo.example")
    conversation = await asyncio.to_thread(ann.start_group, server, ben)
    async with opened(server.socket_url) as inbox, opened(server.socket_url) as personal:
        for socket in (inbox, personal):
            await socket.log_in(ben.token)
        await inbox.subscribe(INBOX)
        await personal.subscribe(PERSONAL, id=conversation)
        for socket in (inbox, personal):
            await socket.settle()
        for number in range(1, 4):
            assert cut(database_url) > 0
            await asyncio.to_thread(ann.say, server, conversation, f"number {number}")
            event = (await next_of(inbox))["inboxEvents"]
            assert (event["event"]["sequence"], event["conversation"]["unreadCount"]) == (number, number)
            event = (await next_of(personal))["conversationEvents"]
            assert (event["sequence"], event["message"]["content"]) == (number, f"number {number}")
            async with opened(server.socket_url) as another:
                await another.log_in(ben.token)
                assert await another.is_alive()
