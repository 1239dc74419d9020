"""Bodies that are large, slow or lie about themselves: each gets its answer, and the server does not grow by them."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import re
import socket
import time
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from domains.base.multipart import MAX_BODY, MIB
from graphql_api.edge.bodies import DRAIN_BYTES
from tests import multipart
from tests.live_server import LiveServer
from tests.multipart import file, request

HUGE = 50 * 1000 * 1000
#: How much the process may grow while it deals with any of these: pieces on their way, and the noise of a server.
NOISE = 20 * MIB
JSON = "application/json"
BASE64 = b"Content-Transfer-Encoding: base64"
DOCUMENT = json.dumps({"query": "{ __typename }"}).encode()


@pytest.fixture
def flat(community_server: LiveServer) -> Iterator[LiveServer]:
    """The server, which after the test has not grown, not even for a moment."""
    assert community_server.ask("{ __typename }")
    before = community_server.memory()
    community_server.forget_peak()
    yield community_server
    assert community_server.memory("VmHWM") - before < NOISE


def token_of(server: LiveServer) -> str:
    document = 'mutation { devLogIn(input: {email: "volunteer@demo.example"}) { ... on AuthSession { accessToken } } }'
    token: str = server.ask(document)["data"]["devLogIn"]["accessToken"]
    return token


def head(content_type: str, *lines: str, path: str = "/graphql/") -> bytes:
    given = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Type: {content_type}", "X-Requested-With: tests"]
    return "\r\n".join([*given, *lines, "", ""]).encode()


def chunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def blanks(size: int) -> Iterator[bytes]:
    for _ in range(0, size, 50_000):
        yield b" " * 50_000


def connect(server: LiveServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=60)


def send_on_and_on(connection: socket.socket, piece: bytes, *, at_most: int) -> None:
    """Send the piece again and again; the system buffers some megabytes until the server reads or leaves."""
    for _ in range(at_most // len(piece)):
        connection.sendall(piece)


def send(server: LiveServer, head: bytes, pieces: Iterable[bytes]) -> tuple[int, dict[str, Any]]:
    """Send all of it before listening, as simple clients do; return the status and the answer."""
    with connect(server) as connection:
        connection.sendall(head)
        for piece in pieces:
            connection.sendall(piece)
        return answer_on(connection)


def answer_on(connection: socket.socket) -> tuple[int, dict[str, Any]]:
    response = http.client.HTTPResponse(connection)
    response.begin()
    content = response.read()
    return response.status, json.loads(content)


def refused(answer: tuple[int, dict[str, Any]], status: int = 413) -> None:
    given, content = answer
    assert given == status, content
    assert content["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert content["errors"][0]["extensions"]["requestId"]


def taken(answer: tuple[int, dict[str, Any]]) -> None:
    given, content = answer
    assert (given, content["data"]) == (200, {"__typename": "Query"})


@pytest.mark.parametrize("content_type", [JSON, multipart.MULTIPART, "text/plain"])
def test_fifty_megabytes_of_no_length_are_refused_and_the_server_stays_flat(
    flat: LiveServer, content_type: str
) -> None:
    refused(send(flat, head(content_type, "Transfer-Encoding: chunked"), chunked(blanks(HUGE))))


@pytest.mark.parametrize("content_type", [JSON, multipart.MULTIPART])
def test_fifty_megabytes_that_announce_themselves_get_their_answer_though_all_are_sent(
    flat: LiveServer, content_type: str
) -> None:
    refused(send(flat, head(content_type, f"Content-Length: {HUGE}"), blanks(HUGE)))


def test_a_length_that_is_a_lie_is_taken_at_its_word(flat: LiveServer) -> None:
    with connect(flat) as connection:
        connection.sendall(head(JSON, f"Content-Length: {len(DOCUMENT)}") + DOCUMENT)
        try:
            for piece in blanks(HUGE):
                connection.sendall(piece)
        except OSError:
            pass  # what follows the declared bytes is no request, and the connection ends
        else:
            pytest.fail("it went on reading")
    refused(send(flat, head(JSON, "Content-Length: 5"), [b'{"que']), 400)


def test_a_length_longer_than_the_body_waits_for_the_rest_and_nobody_else_does(flat: LiveServer) -> None:
    with connect(flat) as connection:
        connection.sendall(head(JSON, f"Content-Length: {len(DOCUMENT) + 10}") + DOCUMENT)
        connection.settimeout(0.5)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        assert flat.ask("{ __typename }")["data"] == {"__typename": "Query"}


def test_both_a_length_and_chunks_are_no_request(flat: LiveServer) -> None:
    with connect(flat) as connection:
        connection.sendall(head(JSON, "Content-Length: 5", "Transfer-Encoding: chunked") + b"5\r\n" + DOCUMENT)
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def test_each_limit_holds_to_the_byte(flat: LiveServer) -> None:
    token = f"Authorization: Bearer {token_of(flat)}"
    for size, status in ((MIB, 200), (MIB + 1, 413)):
        padded = DOCUMENT + b" " * (size - len(DOCUMENT))
        assert send(flat, head(JSON, f"Content-Length: {size}"), [padded])[0] == status
        assert send(flat, head(JSON, "Transfer-Encoding: chunked"), chunked([padded]))[0] == status
    for size, status in ((MAX_BODY, 413), (MAX_BODY + 1, 413)):
        content = request(file(b"x" * (size - len(request(file(b""))))))
        answer = send(flat, head(multipart.MULTIPART, f"Content-Length: {size}", token), [content])
        refused(answer, status)
        # The first was read, and the file in it is too large; the second was not.
        assert ("a file" in answer[1]["errors"][0]["message"]) is (size == MAX_BODY)


def test_a_part_of_fifty_megabytes_of_blanks_in_base64_is_refused_and_the_server_stays_flat(flat: LiveServer) -> None:
    start, end = request(file(b"MIDDLE", BASE64)).split(b"MIDDLE")

    def pieces() -> Iterator[bytes]:
        yield start
        yield from blanks(HUGE)
        yield end

    refused(send(flat, head(multipart.MULTIPART, f"Content-Length: {len(start) + HUGE + len(end)}"), pieces()))
    refused(send(flat, head(multipart.MULTIPART, "Transfer-Encoding: chunked"), chunked(pieces())))


@pytest.mark.parametrize("filling", [b" ", b"\r\n", b"-", b"--a-boundary-of-the-tests", b"\x00", b"A\n"], ids=ascii)
@pytest.mark.parametrize("encoding", [b"X-None: 1", BASE64], ids=["plain", "base64"])
def test_eleven_mebibytes_of_whatever_fills_a_part_are_answered(
    flat: LiveServer, filling: bytes, encoding: bytes
) -> None:
    content = request(file(filling * (11 * MIB // len(filling)), encoding))

    status, answer = send(flat, head(multipart.MULTIPART, f"Content-Length: {len(content)}"), [content])
    assert status in {200, 400, 413}, answer


def test_who_never_stops_sending_is_left(flat: LiveServer) -> None:
    piece = b"%x\r\n%s\r\n" % (MIB, b" " * MIB)
    with connect(flat) as connection:
        connection.sendall(head(JSON, "Transfer-Encoding: chunked"))
        with pytest.raises(ConnectionError):
            send_on_and_on(connection, piece, at_most=3 * DRAIN_BYTES)


def test_who_stops_sending_without_an_end_has_the_answer_and_is_left(flat: LiveServer) -> None:
    with connect(flat) as connection:
        connection.sendall(head(JSON, f"Content-Length: {HUGE}"))
        refused(answer_on(connection))
        assert connection.recv(1) == b""


def test_who_asks_before_sending_is_told_before_sending(flat: LiveServer) -> None:
    with connect(flat) as connection:
        connection.sendall(head(JSON, f"Content-Length: {HUGE}", "Expect: 100-continue"))
        refused(answer_on(connection))
    with connect(flat) as connection:
        connection.sendall(head(JSON, f"Content-Length: {len(DOCUMENT)}", "Expect: 100-continue"))
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(DOCUMENT)
        taken(answer_on(connection))


def test_slow_clients_are_waited_for(flat: LiveServer) -> None:
    content = request(file(b"First aid. " * 300_000))
    token = f"Authorization: Bearer {token_of(flat)}"

    def slowly(whole: bytes, count: int) -> Iterator[bytes]:
        step = len(whole) // count + 1
        for start in range(0, len(whole), step):
            time.sleep(0.3)
            yield whole[start : start + step]

    assert send(flat, head(JSON, "Transfer-Encoding: chunked"), chunked(slowly(DOCUMENT, 6)))[0] == 200
    status, answer = send(
        flat, head(multipart.MULTIPART, f"Content-Length: {len(content)}", token), slowly(content, 10)
    )
    assert (status, answer["data"]["uploadResume"]["originalName"]) == (200, "cv.txt")


def test_a_connection_lives_on_after_a_file_and_ends_after_a_refusal(flat: LiveServer) -> None:
    content = request()
    asked = head(JSON, f"Content-Length: {len(DOCUMENT)}") + DOCUMENT
    with connect(flat) as connection:
        for _ in range(2):
            connection.sendall(head(multipart.MULTIPART, f"Content-Length: {len(content)}") + content)
            assert answer_on(connection)[1]["data"]["uploadResume"]["messages"][0]["code"] == "UNAUTHENTICATED"
            connection.sendall(asked)
            taken(answer_on(connection))
        connection.sendall(head(JSON, f"Content-Length: {2 * MIB}") + b" " * 2 * MIB)
        refused(answer_on(connection))
        assert connection.recv(1) == b""


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary*=nonsense''x", "application/json; charset*=nonsense''x"]
)
@pytest.mark.parametrize("path", ["/graphql/", "/", "/admin/login/"])
def test_a_content_type_that_cannot_be_read_is_the_clients_fault(flat: LiveServer, kind: str, path: str) -> None:
    refused(send(flat, head(kind, "Content-Length: 2", path=path), [b"{}"]), 415)


def test_an_empty_multipart_is_refused(flat: LiveServer) -> None:
    refused(send(flat, head(multipart.MULTIPART, "Content-Length: 0"), []), 400)
    refused(send(flat, head(multipart.MULTIPART), []), 411)


def test_the_forms_of_the_admin_work_and_are_a_mebibyte_at_most(community_server: LiveServer) -> None:
    address = f"{community_server.url}/admin/login/"
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = opener.open(address, timeout=20).read().decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    fields = {
        "csrfmiddlewaretoken": found[1],
        "username": "staff@demo.example",
        "password": "demo-community-2026",
        "next": "/admin/",
    }
    form = urllib.parse.urlencode(fields).encode()
    assert "Log out" in opener.open(urllib.request.Request(address, form), timeout=20).read().decode()
    large = f"Content-Length: {MIB + 1}"
    for kind in ("application/x-www-form-urlencoded", multipart.MULTIPART):
        refused(send(community_server, head(kind, large, path="/admin/login/"), [b"x" * (MIB + 1)]))
