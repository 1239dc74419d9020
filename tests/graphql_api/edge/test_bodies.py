"""The limit of bodies as a server meets it: pieces that come in, one answer that goes out."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from domains.accounts.tokens import sign_upload_link
from domains.base.multipart import MAX_BODY
from graphql_api.edge import bodies
from graphql_api.edge.bodies import MAX_PLAIN_BODY, limit_bodies

JSON = {b"content-type": b"application/json"}
FORM = {b"content-type": b"multipart/form-data; boundary=x", b"content-length": b"9"}


async def reads_all(scope: Any, receive: Any, send: Any) -> None:
    """Do what Django does: read the body, then answer; or give up on a client who is gone."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"taken"})


def ask(application: Any, *pieces: bytes, headers: Any = JSON, **scope: Any) -> list[dict[str, Any]]:
    """Return what was sent to a client who sends the pieces and then waits."""
    sent: list[dict[str, Any]] = []
    coming = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    coming[-1]["more_body"] = False

    async def receive() -> Any:
        if not coming:
            await asyncio.sleep(3600)
        return coming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    given = {
        "type": "http",
        "method": "POST",
        "path": "/graphql/",
        "headers": [*headers.items()] if isinstance(headers, dict) else headers,
        **scope,
    }
    asyncio.run(asyncio.wait_for(limit_bodies(application)(given, receive, send), 2))
    return sent


def statuses(sent: list[dict[str, Any]]) -> list[int]:
    return [message["status"] for message in sent if message["type"] == "http.response.start"]


@pytest.mark.parametrize(("headers", "most"), [(JSON, MAX_PLAIN_BODY), (FORM, MAX_BODY)], ids=["JSON", "files"])
def test_the_last_byte_that_fits_is_taken_and_the_next_is_not(headers: dict[bytes, bytes], most: int) -> None:
    half = b"x" * (most // 2)
    assert statuses(ask(reads_all, half, half, headers=headers)) == [200]
    sent = ask(reads_all, half, half, b"x", headers=headers)
    assert statuses(sent) == [413]
    error = json.loads(b"".join(message.get("body", b"") for message in sent))["errors"][0]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert (b"x-request-id", error["extensions"]["requestId"].encode()) in sent[0]["headers"]


@pytest.mark.parametrize(
    ("headers", "scope"),
    [
        (FORM, {"path": "/admin/login/"}),
        (FORM, {"method": "PUT"}),
        ({**FORM, b"content-type": b"multipart/form-data-x"}, {}),
        ({b"content-type": FORM[b"content-type"]}, {}),
    ],
    ids=["elsewhere", "another method", "another type", "of no length"],
)
def test_only_files_for_the_api_of_a_length_that_is_said_may_be_large(
    headers: dict[bytes, bytes], scope: dict[str, str]
) -> None:
    assert statuses(ask(reads_all, b"x" * (MAX_PLAIN_BODY + 1), headers=headers, **scope)) == [413]


def test_two_content_types_are_none() -> None:
    twice = [(b"content-type", FORM[b"content-type"]), (b"content-type", b"application/json")]
    for headers in (twice, twice[::-1]):
        given = [*headers, (b"content-length", b"9")]
        assert statuses(ask(reads_all, b"x" * (MAX_PLAIN_BODY + 1), headers=given)) == [413]


@pytest.mark.parametrize("announced", [b"1048577", b"9" * 40, b"9" * 5_000])
def test_what_announces_too_much_is_refused_before_anybody_reads_it(announced: bytes) -> None:
    async def untouched(*_: Any) -> None:
        raise AssertionError("it was asked")

    assert statuses(ask(untouched, b"x", headers={**JSON, b"content-length": announced})) == [413]


def test_a_response_that_has_begun_is_not_answered_again() -> None:
    async def answers_first(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while (await receive())["type"] != "http.disconnect":
            pass

    assert statuses(ask(answers_first, *[b"x" * MAX_PLAIN_BODY] * 3)) == [200]


def test_who_does_not_read_the_body_answers_as_before() -> None:
    async def ready(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})

    assert statuses(ask(ready, b"x" * MAX_PLAIN_BODY * 2)) == [204]


def test_the_answer_is_whole_before_the_rest_is_read_and_the_end_comes_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "DRAIN_SECONDS", 0.1)
    sent = ask(reads_all, *[b"x" * MAX_PLAIN_BODY] * 5)
    start, body, end = sent
    assert dict(start["headers"])[b"content-length"] == str(len(body["body"])).encode()
    assert (body["more_body"], end) == (True, {"type": "http.response.body"})


def test_patience_with_who_does_not_stop_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "DRAIN_BYTES", 3 * MAX_PLAIN_BODY)
    monkeypatch.setattr(bodies, "DRAIN_SECONDS", 0.1)
    received = 0

    async def receive() -> Any:
        nonlocal received
        received += MAX_PLAIN_BODY
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"x" * MAX_PLAIN_BODY, "more_body": True}

    async def silent() -> Any:
        await asyncio.sleep(3600)

    async def send(message: Any) -> None:
        pass

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-length", b"99999999")]}
    asyncio.run(asyncio.wait_for(limit_bodies(reads_all)(scope, receive, send), 2))
    assert received == 3 * MAX_PLAIN_BODY
    asyncio.run(asyncio.wait_for(limit_bodies(reads_all)(scope, silent, send), 2))


@pytest.mark.parametrize(
    ("headers", "limit"), [(JSON, "PLAIN_SECONDS"), (FORM, "FILES_SECONDS")], ids=["JSON", "files"]
)
def test_a_body_that_drips_is_given_up_and_one_that_was_whole_in_time_is_not(
    headers: dict[bytes, bytes], limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, limit, 0.1)
    monkeypatch.setattr(bodies, "DRAIN_SECONDS", 0.1)

    async def drips() -> Any:
        await asyncio.sleep(0.03)
        return {"type": "http.request", "body": b"x", "more_body": True}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/graphql/", "headers": [*headers.items()]}
    asyncio.run(asyncio.wait_for(limit_bodies(reads_all)(scope, drips, send), 2))
    assert statuses(sent) == [408]
    assert json.loads(sent[1]["body"])["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"

    async def takes_its_time(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        # As Django does, which stops its work when the client goes.
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(receive(), 0.3)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    assert statuses(ask(takes_its_time, b"x", headers=headers)) == [200]


@pytest.mark.parametrize(
    "kind",
    [
        b"multipart/form-data; boundary*=nonsense''x",
        b"application/json; charset*=nonsense''x",
        b"multipart/form-data; a*=x; a*0=y; boundary=z",
    ],
)
def test_a_content_type_that_django_stumbles_over_does_not_reach_it(kind: bytes) -> None:
    for path in ("/graphql/", "/", "/admin/login/"):
        assert statuses(ask(reads_all, b"{}", headers={b"content-type": kind}, path=path)) == [415]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/uploads/", 200), ("/graphql", 200), ("/uploads/garbage", 413), ("/uploads", 413), ("/", 413)],
)
def test_files_go_to_the_api_and_to_given_addresses_only(path: str, status: int) -> None:
    path = f"/uploads/{sign_upload_link(1)}" if path == "/uploads/" else path
    body = b"x" * (MAX_PLAIN_BODY + 1)
    headers = {b"content-type": b"multipart/form-data; boundary=x", b"content-length": str(len(body)).encode()}
    assert statuses(ask(reads_all, body, headers=headers, path=path)) == [status]


def test_a_page_on_an_allowed_origin_may_read_the_refusal(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]
    for origin, seen in ((b"https://app.example.org", True), (b"https://evil.example", False)):
        headers = {**JSON, b"origin": origin, b"content-length": b"9999999"}
        names = dict(ask(reads_all, b"x", headers=headers)[0]["headers"])
        assert (names.get(b"access-control-allow-origin") == origin) is seen


def test_the_id_of_the_refusal_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    sent = ask(reads_all, b"x" * (MAX_PLAIN_BODY + 1))
    assert dict(sent[0]["headers"])[b"x-request-id"].decode() in caplog.text


def test_sockets_pass_untouched() -> None:
    asked: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        asked.extend([receive, send])

    async def receive() -> Any: ...
    async def send(message: Any) -> None: ...

    asyncio.run(limit_bodies(application)({"type": "websocket"}, receive, send))
    assert asked == [receive, send]
