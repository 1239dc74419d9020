"""The npm clients that frontends use, `graphql-ws` and `@apollo/client`, talk while the server dies under them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess

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
async def test_either_client_notices_within_30_seconds_that_an_event_was_lost(community_server: LiveServer) -> None:
    async def talk(loser: str, other: str) -> None:
        async with (
            NpmClient(loser, community_server, "volunteer@demo.example") as ann,
            NpmClient(other, community_server, "host@demo.example") as ben,
        ):
            await meet(ann, ben)
            await lose(ann, ben)

    async with asyncio.TaskGroup() as both:
        both.create_task(talk("graphql_ws", "apollo"))
        both.create_task(talk("apollo", "graphql_ws"))


@needs_npm_packages
def test_apollos_persisted_queries_fall_back_on_the_document(community_server: LiveServer) -> None:
    node = find_node()
    assert node
    command = [node, "clients/persisted.mjs", community_server.url]
    ran = subprocess.run(command, cwd=WEB, check=True, capture_output=True, text=True, timeout=60)
    by_post, by_get = (json.loads(line) for line in ran.stdout.splitlines())
    for told in (by_post, by_get):
        first, second = told["answers"]
        assert first["opportunities"]["totalCount"] > 0
        assert second == {"causes": "Query"}
    assert by_post["sent"] == ["POST", "POST", "POST"], "only the first is sent twice"
    assert by_get["sent"] == ["GET", "POST", "POST"]
