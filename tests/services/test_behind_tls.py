"""Production behind a proxy that ends TLS: staff can log in, and only a trusted proxy is believed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest

from tests.live_server import LiveServer

pytestmark = pytest.mark.services
PUBLIC = "https://community.example.org"
AS_PROXY = {"Host": "community.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LiveServer]:
    server = LiveServer(
        "behind-tls",
        DEBUG="false",
        SECRET_KEY="s" * 32,
        ALLOWED_HOSTS="community.example.org",
        PUBLIC_URL=PUBLIC,
        DATABASE_URL=f"sqlite:///{tmp_path / 'db.sqlite3'}",
        TRUSTED_PROXIES=request.param,
    )
    server.fill()
    server.manage("load_demo", "--even-in-production")
    server.start()
    yield server
    server.kill()


def log_in(server: LiveServer, browser: OpenerDirector) -> str:
    page = browser.open(Request(f"{server.url}/admin/login/", headers=AS_PROXY))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    assert token
    form = {"csrfmiddlewaretoken": token[1], "username": "staff@demo.example", "password": "demo-community-2026"}
    # Python's client sends no secure cookie over a plain connection, a browser behind the proxy does.
    cookie = page.headers["Set-Cookie"].split(";")[0]
    headers = {**AS_PROXY, "Origin": PUBLIC, "Referer": f"{PUBLIC}/admin/login/", "Cookie": cookie}
    request = Request(f"{server.url}/admin/login/?next=/healthz", urlencode(form).encode(), headers)
    return str(browser.open(request).read().decode())


@pytest.mark.parametrize("server", ["127.0.0.1"], indirect=True)
def test_staff_can_log_in_behind_a_trusted_proxy(server: LiveServer) -> None:
    assert "ok" in log_in(server, build_opener(HTTPCookieProcessor()))


@pytest.mark.parametrize("server", [""], indirect=True)
def test_health_is_answered_by_any_name_and_other_names_are_refused(server: LiveServer) -> None:
    browser = build_opener()
    assert browser.open(f"{server.url}/healthz").status == 200
    with pytest.raises(HTTPError, match="400"):
        browser.open(f"{server.url}/")


def guess(server: LiveServer, number: int) -> str:
    """Guess at an account of its own from an address of its own, as the forwarding header has it."""
    document = "mutation ($input: LogInInput!) { logIn(input: $input) { ... on OperationInfo { messages { code } } } }"
    variables = {"input": {"email": f"{number}@x.example", "password": "no"}}
    body = json.dumps({"query": document, "variables": variables}).encode()
    headers = {**AS_PROXY, "X-Forwarded-For": f"192.0.2.{number}", "Content-Type": "application/json"}
    with build_opener().open(Request(f"{server.url}/graphql/", body, headers)) as response:
        return str(json.loads(response.read())["data"]["logIn"]["messages"][0]["code"])


@pytest.mark.parametrize(
    ("server", "last"), [("", "RATE_LIMITED"), ("127.0.0.1", "BAD_CREDENTIALS")], indirect=["server"]
)
def test_a_forwarding_header_counts_only_from_a_trusted_proxy(server: LiveServer, last: str) -> None:
    codes = [guess(server, number) for number in range(1, 22)]  # two windows of ten, should a minute end between
    assert (codes[0], codes[-1]) == ("BAD_CREDENTIALS", last)
