"""The chat on what production runs on: two server processes that share nothing but PostgreSQL and Redis."""

from __future__ import annotations

import asyncio
import json
from statistics import median

import pytest
import redis

from graphql_api.live.switchboard import POLL_SECONDS
from tests.chat import Person, Reader, hear_live, is_live
from tests.graphql_api.messaging.documents import FOLLOW
from tests.live_server import ARTIFACTS, LiveServer
from tests.processes import OwnRedis
from tests.sockets import opened

pytestmark = pytest.mark.services
Servers = tuple[LiveServer, LiveServer]


@pytest.fixture
def people(two_servers: Servers) -> tuple[Person, Person]:
    """Two members of the demo community, one at each server."""
    return (
        Person.log_in(two_servers[0], "volunteer@demo.example"),
        Person.log_in(two_servers[1], "host@demo.example"),
    )


async def test_what_is_said_at_one_server_arrives_live_at_the_other(
    two_servers: Servers, people: tuple[Person, Person]
) -> None:
    ann, ben = people
    conversation = await asyncio.to_thread(ann.start_group, two_servers[0], ben)
    async with Reader(two_servers[1], ben, conversation) as reader:
        delays = [await hear_live(ann, two_servers[0], reader, f"number {number}") for number in range(20)]
    assert reader.sequences == list(range(1, 21))
    # Whoever only looked now and then would have each of them a look later: a busy machine delays a few.
    assert median(delays) < 1, delays
    assert max(delays) < POLL_SECONDS, delays
    report = {"median_s": median(delays), "worst_s": max(delays)}
    (ARTIFACTS / "chat-delays-services.json").write_text(json.dumps(report))


async def test_both_servers_number_one_conversation_without_gap_or_double(
    two_servers: Servers, people: tuple[Person, Person]
) -> None:
    ann, ben = people
    conversation = await asyncio.to_thread(ann.start_group, two_servers[0], ben)
    async with Reader(two_servers[0], ann, conversation) as one, Reader(two_servers[1], ben, conversation) as two:
        sent = await asyncio.gather(
            *(
                asyncio.to_thread(person.say, two_servers[number % 2], conversation, f"{number}")
                for number in range(20)
                for person in people
            )
        )
        await one.until_sequence(40)
        await two.until_sequence(40)
    assert one.sequences == two.sequences == sorted(message["sequence"] for message in sent) == list(range(1, 41))
    assert one.contents == two.contents


async def test_the_readers_server_dies_and_nothing_is_lost(two_servers: Servers, people: tuple[Person, Person]) -> None:
    ann, ben = people
    conversation = await asyncio.to_thread(ann.start_group, two_servers[0], ben)
    async with Reader(two_servers[1], ben, conversation) as reader:
        await hear_live(ann, two_servers[0], reader, "before")
        await asyncio.to_thread(two_servers[1].kill)
        await asyncio.to_thread(ann.say, two_servers[0], conversation, "while dead")
        await asyncio.to_thread(two_servers[1].restart)
        await hear_live(ann, two_servers[0], reader, "after")
    assert (reader.contents, reader.sequences) == (["before", "while dead", "after"], [1, 2, 3])


async def test_redis_forgets_its_listeners_and_the_reader_stays_live(
    two_servers: Servers, people: tuple[Person, Person], redis_url: str
) -> None:
    """Every connection to Redis is cut; what is said meanwhile comes without a new socket."""
    ann, ben = people
    conversation = await asyncio.to_thread(ann.start_group, two_servers[0], ben)
    async with Reader(two_servers[1], ben, conversation) as reader:
        await hear_live(ann, two_servers[0], reader, "before")
        with redis.Redis.from_url(redis_url) as client:
            for kind in ("pubsub", "normal"):
                client.client_kill_filter(_type=kind, skipme=True)
        assert await hear_live(ann, two_servers[0], reader, "right after") < 10
        await asyncio.sleep(8)
        assert await is_live(ann, two_servers[0], reader)
    assert reader.connections == 1
    assert reader.sequences == list(range(1, len(reader.sequences) + 1))


async def test_a_session_ended_at_one_server_closes_its_sockets_at_the_other(two_servers: Servers) -> None:
    ann = await asyncio.to_thread(Person.log_in, two_servers[0], "volunteer@demo.example")
    log_out = "mutation { logOut(input: {everywhere: true}) { ... on LogOutReceipt { sessionsEnded } } }"
    async with opened(two_servers[1].socket_url) as socket:
        await socket.log_in(ann.token)
        await socket.subscribe(FOLLOW, conversationId="Q29udmVyc2F0aW9uOjE=")
        await asyncio.to_thread(two_servers[0].ask, log_out, ann.token)
        assert await socket.close_code() == 4403


async def test_redis_is_killed_and_started_empty_and_the_reader_is_live_again(
    database_url: str, own_redis: OwnRedis
) -> None:
    environ = {"DATABASE_URL": database_url, "REDIS_URL": own_redis.url}
    server = LiveServer("services-own-redis", **environ)
    await asyncio.to_thread(server.manage, "load_demo")
    await asyncio.to_thread(server.start)
    try:
        ann = await asyncio.to_thread(Person.log_in, server, "volunteer@demo.example")
        ben = await asyncio.to_thread(Person.log_in, server, "host@demo.example")
        conversation = await asyncio.to_thread(ann.start_group, server, ben)
        async with Reader(server, ben, conversation) as reader:
            await hear_live(ann, server, reader, "before")
            await asyncio.to_thread(own_redis.kill)
            await asyncio.sleep(5)
            await asyncio.to_thread(own_redis.start)
            assert await hear_live(ann, server, reader, "right after") < 10
            await asyncio.sleep(4)
            assert await is_live(ann, server, reader)
        assert reader.connections == 1, "the socket outlives Redis"
        assert reader.sequences == list(range(1, len(reader.sequences) + 1))
    finally:
        server.kill()
