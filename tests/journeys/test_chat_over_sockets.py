"""Two people chat over real sockets with the server that `make run` gives; it dies between two messages."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from statistics import median

import pytest

from graphql_api.live.switchboard import POLL_SECONDS
from tests.chat import Person, Reader, hear_live
from tests.graphql_api.messaging.documents import FOLLOW
from tests.live_server import ARTIFACTS, LiveServer
from tests.sockets import opened

VOLUNTEER, HOST = "volunteer@demo.example", "host@demo.example"


@pytest.fixture
def people(community_server: LiveServer) -> tuple[Person, Person]:
    """Two members of the demo community."""
    return Person.log_in(community_server, VOLUNTEER), Person.log_in(community_server, HOST)


async def test_what_is_said_arrives_live(community_server: LiveServer, people: tuple[Person, Person]) -> None:
    """A mutation runs in a thread of its own; its wake-up must still reach the sockets' loop at once."""
    ann, ben = people
    conversation = await asyncio.to_thread(ann.start_group, community_server, ben)
    async with (
        Reader(community_server, ben, conversation) as reader,
        Reader(community_server, ann, conversation) as writer,
    ):
        delays = []
        for number in range(20):
            delays.append(await hear_live(ann, community_server, reader, f"number {number}"))
            await asyncio.sleep(0.02)
        await writer.until_sequence(20)
    assert reader.contents == writer.contents == [f"number {number}" for number in range(20)]
    # Whoever only looked now and then would have each of them a look later: a busy machine delays a few.
    assert median(delays) < 1, delays
    assert max(delays) < POLL_SECONDS, delays
    report = {"median_s": median(delays), "worst_s": max(delays)}
    (ARTIFACTS / "chat-delays-embedded.json").write_text(json.dumps(report))


async def test_the_server_dies_between_two_messages_and_nothing_is_lost(
    community_server: LiveServer, people: tuple[Person, Person]
) -> None:
    ann, ben = people
    conversation = await asyncio.to_thread(ann.start_group, community_server, ben)
    async with Reader(community_server, ben, conversation) as reader:
        for round in range(3):
            await asyncio.to_thread(ann.say, community_server, conversation, f"before {round}")
            await asyncio.to_thread(community_server.kill)
            sending = asyncio.create_task(
                asyncio.to_thread(ann.say, community_server, conversation, f"while dead {round}")
            )
            await asyncio.to_thread(community_server.restart)
            await sending
            last = await asyncio.to_thread(ben.say, community_server, conversation, f"after {round}")
            await reader.until_sequence(last["sequence"])
        assert reader.connections == 4
    expected = [f"{when} {round}" for round in range(3) for when in ("before", "while dead", "after")]
    assert reader.contents == expected
    assert reader.sequences == list(range(1, 10))


async def test_a_message_whose_process_died_before_telling_is_found_by_the_cursor(
    community_server: LiveServer, people: tuple[Person, Person]
) -> None:
    """Many messages in flight while the server is killed: each is there once, in the order of its sequence."""
    ann, ben = people
    conversation = await asyncio.to_thread(ann.start_group, community_server, ben)
    async with Reader(community_server, ben, conversation) as reader:
        sending = [
            asyncio.create_task(asyncio.to_thread(person.say, community_server, conversation, f"{name} {number}"))
            for number in range(10)
            for name, person in (("ann", ann), ("ben", ben))
        ]
        await asyncio.sleep(0.1)
        await asyncio.to_thread(community_server.kill)
        await asyncio.to_thread(community_server.restart)
        sent = await asyncio.gather(*sending)
        await reader.until_sequence(20)
    assert reader.sequences == list(range(1, 21))
    assert sorted(message["sequence"] for message in sent) == reader.sequences
    assert len(set(reader.contents)) == 20


async def test_asked_to_end_the_server_says_so_to_its_sockets_and_is_gone_soon(
    community_server: LiveServer, people: tuple[Person, Person]
) -> None:
    ann, ben = people
    conversation = await asyncio.to_thread(ann.start_group, community_server, ben)
    try:
        async with opened(community_server.socket_url) as socket:
            await socket.log_in(ann.token)
            await socket.subscribe(FOLLOW, conversationId=conversation)
            closing = asyncio.create_task(socket.close_code(10))
            seconds = await asyncio.to_thread(community_server.stop)
            assert await closing == 1012
            assert seconds < 3
    finally:
        await asyncio.to_thread(community_server.restart)


async def test_the_worker_inside_the_server_runs_tasks_and_the_relay(community_server: LiveServer) -> None:
    """A mail is a task sent after the commit; a fact that a crash left untold is told by the relay."""
    mails = Path(community_server.environ["EMAIL_URL"].removeprefix("filemail://"))

    def addressed_to(email: str) -> bool:
        return mails.is_dir() and any(f"To: {email}" in mail.read_text() for mail in mails.iterdir())

    async def arrives(email: str) -> bool:
        deadline = time.monotonic() + 12
        while not addressed_to(email) and time.monotonic() < deadline:  # noqa: ASYNC110 # the server tells nobody
            await asyncio.sleep(0.05)
        return addressed_to(email)

    document = """mutation($email: String!) { signUp(input: {email: $email, password: "correct horse battery",
        displayName: "Dee"}) { __typename } }"""
    await asyncio.to_thread(community_server.ask, document, email="dee@people.example")
    assert await arrives("dee@people.example")

    untold = (
        "from unittest.mock import patch\n"
        "from domains.accounts import services\n"
        "with patch('domains.base.bus._deliver'):\n"  # the process dies between the commit and the telling
        "    services.sign_up(email='eve@people.example', password='correct horse battery', display_name='Eve',"
        " user_type='VOLUNTEER', zip_code='', ip_address='203.0.113.9')"
    )
    await asyncio.to_thread(community_server.manage, "shell", "--verbosity", "0", "-c", untold)
    assert await arrives("eve@people.example")
