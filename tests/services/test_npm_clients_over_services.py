"""The npm clients on PostgreSQL and Redis."""

from __future__ import annotations

import pytest

from tests.journeys.test_npm_clients import needs_npm_packages
from tests.live_server import LiveServer
from tests.npm_clients import NpmClient, converse

pytestmark = [pytest.mark.services, needs_npm_packages]


async def test_graphql_ws_and_apollo_miss_nothing_while_the_server_is_killed(
    two_servers: tuple[LiveServer, LiveServer],
) -> None:
    async with (
        NpmClient("graphql_ws", two_servers[0], "volunteer@demo.example") as ann,
        NpmClient("apollo", two_servers[0], "host@demo.example") as ben,
    ):
        await converse(two_servers[0], ann, ben)
