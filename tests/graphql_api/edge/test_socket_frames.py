"""Every bad frame gets its close code within two seconds, and no other socket notices."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from tests.live_server import LiveServer
from tests.sockets import Socket, opened

NESTED = '{"type": "ping", "payload": ' + '{"a": ' * 100 + "1" + "}" * 101
PING = '{"type": "ping"}'


@pytest_asyncio.fixture
async def stranger(socket_server: LiveServer) -> AsyncIterator[Socket]:
    """A socket on which nothing has been said."""
    async with opened(socket_server.socket_url) as socket:
        yield socket


def subscribe(id: Any = "1", **payload: Any) -> str:
    return json.dumps({"type": "subscribe", "id": id, "payload": payload or {"query": "{ __typename }"}})


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        *[(text, 4400) for text in ("[]", "null", "1", '"x"', "true", "", "{", "not JSON", "NaN", "{}")],
        ('{"type": 1}', 4400),
        ('{"type": "start"}', 4400),
        ('{"type": ["ping"]}', 4400),
        ("[" * 20_000, 4400),
        ("[" * 20_000 + "]" * 20_000, 4400),
        ('{"a":' * 10_000, 4400),
        (NESTED, 4400),
        (b"\x00\x01binary", 4400),
        (PING.encode(), 4400),
        (json.dumps({"type": "ping", "payload": {"pad": "x" * 65 * 1024}}), 1009),
        (json.dumps({"type": "ping", "payload": {"pad": "é" * 40_000}}, ensure_ascii=False), 1009),
        ('{"type": "connection_init", "payload": []}', 4400),
        ('{"type": "connection_init", "payload": "x"}', 4400),
        ('{"type": "connection_init", "payload": {"Authorization": "Bearer nonsense"}}', 4403),
        ('{"type": "connection_init", "payload": {"authorization": "nonsense"}}', 4403),
        ('{"type": "connection_init", "payload": {"Authorization": 7}}', 4403),
        ('{"type": "connection_init", "payload": {"Authorization": ""}}', 4403),
        ('{"type": "complete", "id": 1}', 4400),
        ('{"type": "ping", "payload": []}', 4400),
        (subscribe(), 4401),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_a_bad_frame_before_init_closes_the_socket(stranger: Socket, frame: str | bytes, code: int) -> None:
    await stranger.connection.send(frame)
    assert await stranger.close_code() == code


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("[]", 4400),
        (subscribe(id=[1]), 4400),
        (subscribe(id=1), 4400),
        (subscribe(id=""), 4400),
        (subscribe(id="x" * 1000), 4400),
        ('{"type": "subscribe", "payload": {"query": "{ __typename }"}}', 4400),
        ('{"type": "subscribe", "id": "1"}', 4400),
        ('{"type": "subscribe", "id": "1", "payload": []}', 4400),
        (subscribe(query=["x"]), 4400),
        (subscribe(query="{ __typename }", variables=[]), 4400),
        (subscribe(query="{ __typename }", operationName={}), 4400),
        (subscribe(variables={}), 4400),
        (subscribe(query="{ __typename }", operationName="\ud800"), 4400),
        (subscribe(query="{ __typename }", variables={"\ud800": 1}), 4400),
        ('{"type": "connection_init"}', 4429),
        ('{"type": "next", "id": "1", "payload": {}}', 4400),
    ],
    ids=lambda value: repr(value)[:60],
)
async def test_a_bad_frame_after_init_closes_the_socket(stranger: Socket, frame: str, code: int) -> None:
    await stranger.log_in()
    await stranger.connection.send(frame)
    assert await stranger.close_code() == code


@pytest.mark.parametrize(
    "asked",
    [
        {"query": "query A { __typename } query B { __typename }", "operationName": "C"},
        {"query": "query A { __typename } query B { __typename }"},
        {"query": "{ __typename }", "operationName": ""},
        {"query": ""},
        {"query": "fragment a on User { id }"},
    ],
)
async def test_an_operation_that_is_not_there_is_the_clients_fault(stranger: Socket, asked: dict[str, str]) -> None:
    await stranger.log_in()
    await stranger.connection.send(subscribe(**asked))
    answer = await stranger.hear()
    assert (answer["type"], answer["payload"][0]["extensions"]["code"]) in {
        ("error", "BAD_USER_INPUT"),
        ("error", "GRAPHQL_PARSE_FAILED"),
        ("error", "GRAPHQL_VALIDATION_FAILED"),
    }
    assert await stranger.is_alive()


async def test_two_operations_with_one_id_close_the_socket(socket_server: LiveServer, token: str) -> None:
    async with opened(socket_server.socket_url) as socket:
        await socket.log_in(token)
        document = follow(socket_server, token)
        await socket.connection.send(subscribe(id="same", query=document))
        await socket.connection.send(subscribe(id="same", query=document))
        assert await socket.close_code() == 4409


async def test_a_flood_closes_its_own_socket_and_no_other(socket_server: LiveServer, stranger: Socket) -> None:
    async with opened(socket_server.socket_url) as neighbour:
        await neighbour.log_in()
        await stranger.log_in()
        for _ in range(200):
            await stranger.connection.send(PING)
        assert await stranger.close_code() == 4429
        assert await neighbour.is_alive()


async def test_a_burst_of_sixty_frames_is_fine(stranger: Socket) -> None:
    await stranger.log_in()
    for _ in range(55):
        await stranger.connection.send(PING)
    assert [(await stranger.hear())["type"] for _ in range(55)] == ["pong"] * 55


async def test_a_silent_socket_is_closed_after_ten_seconds(stranger: Socket) -> None:
    began = time.monotonic()
    assert await stranger.close_code() == 4408
    assert time.monotonic() - began > 9


@pytest.mark.parametrize("subprotocols", [None, [Subprotocol("graphql-ws")], [Subprotocol("chat")]])
async def test_only_the_one_subprotocol_is_spoken(
    socket_server: LiveServer, subprotocols: list[Subprotocol] | None
) -> None:
    async with connect(socket_server.socket_url, subprotocols=subprotocols) as connection:
        assert await Socket(connection).close_code() == 4406


@pytest.mark.parametrize(
    "options",
    [
        {"origin": Origin("https://evil.example")},
        {"origin": Origin("null")},
        {"user_agent_header": "Mozilla/5.0 (X11; Linux x86_64)"},
        {"additional_headers": {"Host": "evil.example"}, "origin": Origin("http://evil.example")},
    ],
    ids=["another origin", "no origin to speak of", "a browser without one", "another host"],
)
async def test_a_foreign_page_cannot_open_a_socket(socket_server: LiveServer, options: dict[str, Any]) -> None:
    if "additional_headers" in options:
        url = socket_server.socket_url.replace("127.0.0.1", "evil.example")
        options = {"origin": options["origin"], "host": "127.0.0.1", "port": socket_server.port}
    else:
        url = socket_server.socket_url
    with pytest.raises(InvalidStatus) as refusal:
        async with opened(url, **options):
            pass
    assert refusal.value.response.status_code == 403


@pytest.mark.parametrize("own", [True, False], ids=["this server's page", "a known frontend"])
async def test_the_servers_own_pages_and_known_frontends_may(socket_server: LiveServer, own: bool) -> None:
    origin = Origin(socket_server.url if own else "https://app.example.org")
    async with opened(socket_server.socket_url, origin=origin, user_agent_header="Mozilla/5.0") as socket:
        await socket.log_in()
        assert await socket.is_alive()


async def test_other_paths_have_no_sockets(socket_server: LiveServer) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        async with opened(socket_server.socket_url + "elsewhere"):
            pass
    assert refusal.value.response.status_code == 403


async def test_a_broken_document_is_an_error_of_its_operation_alone(stranger: Socket) -> None:
    await stranger.log_in()
    for document, code in (
        ("{ me {", "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", "BAD_USER_INPUT"),
        ("{ " + "a: __typename " * 2000 + "}", "LIMIT_EXCEEDED"),
        ("{ " + "__typename " * 900 + "}" + " " * 15_000, "LIMIT_EXCEEDED"),
        ("{ " + " ".join(f"a{n}: __typename" for n in range(40)) + " }", "LIMIT_EXCEEDED"),
    ):
        id = await stranger.subscribe(document)
        answer = await stranger.hear()
        assert (answer["type"], answer["id"]) == ("error", id), answer
        assert answer["payload"][0]["extensions"]["code"] == code, answer
        assert answer["payload"][0]["extensions"]["requestId"] != "-"
    assert await stranger.is_alive()


async def test_queries_are_answered_over_sockets_too(stranger: Socket) -> None:
    await stranger.log_in()
    id = await stranger.subscribe("{ me { id } }")
    answer = await stranger.hear()
    assert answer["payload"]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert await stranger.hear() == {"type": "complete", "id": id}


async def test_a_mutation_without_a_login_says_so_beside_its_data_over_sockets_too(stranger: Socket) -> None:
    await stranger.log_in()
    for _ in range(2):  # the second one has no errors of the first
        await stranger.subscribe("mutation { logOut(input: {}) { ... on OperationInfo { messages { errorCode } } } }")
        payload = (await stranger.hear())["payload"]
        assert payload["data"] == {"logOut": {"messages": [{"errorCode": "UNAUTHENTICATED"}]}}
        assert [(one["path"], one["extensions"]["code"]) for one in payload["errors"]] == [
            (["logOut"], "UNAUTHENTICATED")
        ]
        assert (await stranger.hear())["type"] == "complete"


@pytest.fixture
def token(socket_server: LiveServer) -> str:
    """The access token of somebody with a conversation."""
    return _token(socket_server, "ada@people.example")


def _token(server: LiveServer, email: str) -> str:
    make = (
        "from domains.accounts.models import User; from allauth.account.models import EmailAddress\n"
        f"u = User.objects.filter(email='{email}').first() or User.objects.create_user('{email}', display_name='A')\n"
        f"EmailAddress.objects.get_or_create(user=u, email='{email}', verified=True)"
    )
    server.manage("shell", "--verbosity", "0", "-c", make)
    document = "mutation($e: String!) { devLogIn(input: {email: $e}) { ... on AuthSession { accessToken } } }"
    token: str = server.ask(document, e=email)["data"]["devLogIn"]["accessToken"]
    return token


def follow(server: LiveServer, token: str) -> str:
    """Return a subscription to a conversation of the token's person."""
    other = server.ask("{ me { id } }", _token(server, "ben@people.example"))["data"]["me"]["id"]
    document = """mutation($id: ID!) { startConversation(input: {participantIds: [$id]}) {
        ... on Conversation { id } ... on OperationInfo { messages { code } } } }"""
    id = server.ask(document, token, id=other)["data"]["startConversation"]["id"]
    return f'subscription {{ conversationEvents(conversationId: "{id}") {{ __typename }} }}'


async def test_a_socket_has_twenty_operations_and_ending_one_leaves_the_others(
    socket_server: LiveServer, token: str
) -> None:
    document = follow(socket_server, token)
    async with opened(socket_server.socket_url) as socket:
        await socket.log_in(token)
        ids = [await socket.subscribe(document) for _ in range(20)]
        one_too_many = await socket.subscribe(document)
        answer = await socket.hear()
        assert (answer["type"], answer["id"]) == ("error", one_too_many)
        assert answer["payload"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
        await socket.say({"type": "complete", "id": ids[0]})
        await socket.subscribe("{ __typename }")
        assert (await socket.hear())["type"] == "next"


async def test_a_person_has_ten_sockets_at_a_time(socket_server: LiveServer) -> None:
    token = _token(socket_server, "many@people.example")
    async with contextlib.AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(opened(socket_server.socket_url)) for _ in range(10)]
        for socket in sockets:
            await socket.log_in(token)
        one_too_many = await stack.enter_async_context(opened(socket_server.socket_url))
        await one_too_many.say({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}})
        assert await one_too_many.close_code() == 4429
        stranger = await stack.enter_async_context(opened(socket_server.socket_url))
        await stranger.log_in()
        await sockets[0].connection.close()
        again = await room_for_one(stack, socket_server, token)
        assert await again.is_alive()
        assert await sockets[1].is_alive()


async def room_for_one(stack: contextlib.AsyncExitStack, server: LiveServer, token: str) -> Socket:
    """Return a socket that is let in, once the server knows that another is closed."""
    for _ in range(50):
        socket = await stack.enter_async_context(opened(server.socket_url))
        await socket.say({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}})
        with contextlib.suppress(ConnectionClosed):
            assert (await socket.hear())["type"] == "connection_ack"
            return socket
        assert socket.connection.close_code == 4429
        await asyncio.sleep(0.1)
    raise AssertionError("nobody is let in any more")


async def test_twenty_strangers_come_from_one_address(socket_server: LiveServer) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(20):
            await (await stack.enter_async_context(opened(socket_server.socket_url))).log_in()
        one_too_many = await stack.enter_async_context(opened(socket_server.socket_url))
        await one_too_many.say({"type": "connection_init"})
        assert await one_too_many.close_code() == 4429
        somebody = await stack.enter_async_context(opened(socket_server.socket_url))
        await somebody.log_in(_token(socket_server, "ada@people.example"))


async def test_a_socket_ends_with_its_session(socket_server: LiveServer, token: str) -> None:
    async with opened(socket_server.socket_url) as socket, opened(socket_server.socket_url) as other:
        await socket.log_in(token)
        await other.log_in(_token(socket_server, "ben@people.example"))
        closing = asyncio.create_task(socket.close_code())
        ended = await asyncio.to_thread(
            socket_server.ask,
            "mutation { logOut(input: {everywhere: true}) { ... on LogOutReceipt { sessionsEnded } } }",
            token,
        )
        assert ended["data"]["logOut"]["sessionsEnded"] >= 1
        assert await closing == 4403
        assert await other.is_alive()


async def test_a_socket_ends_although_nobody_told_this_process(socket_server: LiveServer, token: str) -> None:
    async with opened(socket_server.socket_url) as socket:
        await socket.log_in(token)
        end = "from domains.accounts.models import Session; from django.utils import timezone\n"
        end += "Session.objects.filter(user__email='ada@people.example').update(ended_at=timezone.now())"
        await asyncio.to_thread(socket_server.manage, "shell", "--verbosity", "0", "-c", end)
        assert await socket.close_code() == 4403


async def test_a_bad_frame_frees_the_socket_whose_client_does_not_answer(socket_server: LiveServer) -> None:
    """A client that never completes the closing handshake is put out all the same."""
    reader, writer = await asyncio.open_connection("127.0.0.1", socket_server.port)
    writer.write(
        b"GET /graphql/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    )
    assert b"101" in await reader.readuntil(b"\r\n\r\n")
    writer.write(b"\x81\x82\x00\x00\x00\x00[]")
    async with asyncio.timeout(15):
        assert await reader.read(100) == b"\x88" + bytes([2 + len("Messages must be JSON objects")]) + (
            (4400).to_bytes(2) + b"Messages must be JSON objects"
        )
        assert await reader.read() == b""
    writer.close()
