"""The npm clients that frontends use, `graphql-ws` and `@apollo/client`, talk while the server dies under them."""

from __future__ import annotations

import os

import pytest

from tests.live_server import LiveServer
from tests.npm_clients import WEB, NpmClient, converse, find_node, lose, meet

needs_npm_packages = pytest.mark.skipif(
    not (find_node() and (WEB / "node_modules" / "@apollo" / "client").is_dir()) and "CI" not in os.environ,
    reason="needs the npm packages: make web",
)


@needs_npm_packages
async def test_graphql_ws_and_apollo_miss_nothing_while_the_server_is_killed(community_server: LiveServer) -> None:
    async with (
        NpmClient("graphql_ws", community_server, "volunteer@demo.example") as ann,
        NpmClient("apollo", community_server, "host@demo.example") as ben,
    ):
        await converse(community_server, ann, ben)


@needs_npm_packages
@pytest.mark.parametrize("loser", ["graphql_ws", "apollo"])
async def test_a_client_notices_within_30_seconds_that_an_event_was_lost(
    community_server: LiveServer, loser: str
) -> None:
    kinds = ("graphql_ws", "apollo")
    async with (
        NpmClient(loser, community_server, "volunteer@demo.example") as ann,
        NpmClient(kinds[1 - kinds.index(loser)], community_server, "host@demo.example") as ben,
    ):
        await meet(ann, ben)
        await lose(ann, ben)
