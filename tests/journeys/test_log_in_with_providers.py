"""Logging in with other providers from end to end: real OpenID providers, a real browser, and a program of Node.js."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.graphiql import browsing, needs_chromium
from tests.live_server import ARTIFACTS, LiveServer, free_port
from tests.npm_clients import WEB, find_node

APP = "http://127.0.0.1:9/in-the-app"
LOG_IN_WITH_CODE = """mutation ($input: LogInWithCodeInput!) {
  logInWithCode(input: $input) {
    __typename
    ... on AuthSession { user { email displayName linkedProviders } }
    ... on OperationInfo { messages { code } }
  }
}"""


class OpenIdProvider:
    """A real OpenID provider, in place of one of the known ones."""

    def __init__(self, client_id: str, *redirects: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._arguments = ["clients/open_id_provider.mjs", str(self.port), client_id, *redirects]

    def start(self) -> None:
        """Start it and wait until it answers."""
        node = find_node()
        assert node, "there is no Node.js: run `make web`"
        with (ARTIFACTS / "open-id-provider.log").open("ab") as log:
            self._process = subprocess.Popen([node, *self._arguments], cwd=WEB, stdout=subprocess.PIPE, stderr=log)
        assert self._process.stdout
        while line := self._process.stdout.readline():
            if line.strip() == b"ready":
                return
        raise AssertionError("the provider did not start: see open-id-provider.log")

    def kill(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LiveServer, OpenIdProvider]]:
    """A server with two providers, and the first of them."""
    folder = tmp_path_factory.mktemp("providers")
    server = LiveServer(
        "log-in-server",
        DATABASE_URL=f"sqlite:///{folder / 'live.sqlite3'}",
        STORAGE_URL=f"file://{folder / 'media'}",
        EMAIL_URL=f"filemail://{folder / 'mail'}",
    )
    google = OpenIdProvider("google-web", f"{server.url}/accounts/google/callback/", APP)
    linkedin = OpenIdProvider("linkedin-web", f"{server.url}/accounts/linkedin/callback/")
    server.environ |= {
        "GOOGLE_CLIENT_ID": "google-web",
        "GOOGLE_CLIENT_SECRET": "google-web-secret",
        "LINKEDIN_CLIENT_ID": "linkedin-web",
        "LINKEDIN_CLIENT_SECRET": "linkedin-web-secret",
        "LOG_IN_REDIRECTS": f"{server.url}/docs/",
        "LOG_IN_STAND_INS": f"https://accounts.google.com={google.url},https://www.linkedin.com={linkedin.url}",
        "PUBLIC_URL": server.url,
    }
    google.start()
    linkedin.start()
    server.fill()
    server.start()
    yield server, google
    for one in (server, google, linkedin):
        one.kill()


def log_in_at(page: Page, server: LiveServer, provider: str, name: str) -> dict[str, str]:
    """Press the provider's button, log in there under the name; return what the frontend gets."""
    page.goto(f"{server.url}/accounts/log-in/?state=mine")
    page.get_by_role("button", name=f"Continue with {provider}").click()
    page.get_by_placeholder("Enter any login").fill(name)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{server.url}/docs/?*")
    return dict(parse_qsl(urlsplit(page.url).query))


@needs_chromium
@pytest.mark.parametrize(("provider", "name"), [("Google", "ada"), ("LinkedIn", "bea")])
def test_a_browser_comes_back_with_a_code(
    community: tuple[LiveServer, OpenIdProvider], provider: str, name: str
) -> None:
    server, _ = community
    with browsing(server.url) as visit:
        given = log_in_at(visit.page, server, provider, name)
        assert given["state"] == "mine"
        cookies = visit.page.context.cookies(f"{server.url}/accounts/")
        assert not [one for one in cookies if one.get("name", "").startswith("log_in_")]
    for expected in ("AuthSession", "OperationInfo"):
        answer = server.ask(LOG_IN_WITH_CODE, input={"code": given["code"]})
        assert answer["data"]["logInWithCode"]["__typename"] == expected
        if expected == "AuthSession":
            assert answer["data"]["logInWithCode"]["user"] == {
                "email": f"{name}@people.example",
                "displayName": f"{name} of {provider.lower()}-web",
                "linkedProviders": [provider.upper()],
            }


@needs_chromium
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits(community: tuple[LiveServer, OpenIdProvider], width: int) -> None:
    server, _ = community
    with browsing(server.url) as visit:
        visit.page.set_viewport_size({"width": width, "height": 800})
        visit.page.goto(f"{server.url}/accounts/log-in/")
        expect(visit.page.get_by_role("button")).to_have_count(2)
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        visit.page.screenshot(path=Path(ARTIFACTS, f"log-in-{width}.png"))


def test_an_app_logs_in_with_an_id_token(community: tuple[LiveServer, OpenIdProvider]) -> None:
    server, google = community
    node = find_node()
    assert node
    arguments = ["clients/log_in_with_provider.mjs", server.url, google.url, "google-web", APP, "cleo"]
    done = subprocess.run([node, *arguments], cwd=WEB, capture_output=True, text=True, timeout=60, check=True)
    first, second = json.loads(done.stdout)
    assert first["user"] == {
        "email": "cleo@people.example",
        "displayName": "cleo of google-web",
        "linkedProviders": ["GOOGLE"],
    }
    assert [one["code"] for one in second["messages"]] == ["BAD_CREDENTIALS"]
