"""A host name that this server does not answer to: whoever sent it is told which setting is missing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from websockets.exceptions import InvalidStatus

from tests.live_server import LiveServer
from tests.sockets import opened

NAMES = ["community.example.org", "127.0.0.1.evil.example", "bad host", "a_b.example", "x" * 10_000, '"<script>']


@pytest.mark.parametrize("host", NAMES)
@pytest.mark.parametrize("path", ["/graphql/", "/graphql"])
@pytest.mark.parametrize("debug", [True, False])
def test_the_api_says_it_in_json(host: str, path: str, debug: bool, settings: Any) -> None:
    settings.DEBUG = debug
    settings.ALLOWED_HOSTS = ["localhost"]
    response = Client().post(path, {"query": "{ __typename }"}, content_type="application/json", headers={"Host": host})
    assert (response.status_code, response["Content-Type"]) == (400, "application/json")
    (error,) = response.json()["errors"]
    assert "ALLOWED_HOSTS" in error["message"]
    assert repr(host[:100]) in error["message"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "requestId": response["X-Request-Id"]}


@pytest.mark.parametrize("host", NAMES)
@pytest.mark.parametrize("path", ["/", "/docs/", "/admin/login/", "/nowhere"])
def test_every_other_page_says_it_in_a_sentence(host: str, path: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    response = Client().get(path, headers={"Host": host})
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert "ALLOWED_HOSTS" in response.content.decode()
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_page_of_another_origin_gets_to_read_it(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]
    headers = {"Host": "community.example.org", "Origin": "https://app.example.org"}
    response = Client().post("/graphql/", {}, content_type="application/json", headers=headers)
    assert response["Access-Control-Allow-Origin"] == "https://app.example.org"


async def test_a_socket_is_told_too(socket_server: LiveServer) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with opened(socket_server.socket_url, additional_headers={"Host": "community.example.org"}):
            pass
    assert refused.value.response.status_code == 403
    assert b"ALLOWED_HOSTS" in bytes(refused.value.response.body or b"")


@pytest.mark.parametrize("host", ["10.0.2.2", "10.0.2.2:8000", "host.docker.internal:8000"])
async def test_under_development_emulators_and_containers_may_call(socket_server: LiveServer, host: str) -> None:
    async with opened(socket_server.socket_url, additional_headers={"Host": host}) as socket:
        await socket.log_in()
