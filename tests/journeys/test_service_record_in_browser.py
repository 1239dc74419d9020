"""A record of service as those who get its address meet it: in a browser, on a phone, and on paper."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect, sync_playwright

from tests.live_server import LiveServer

ROOT = Path(settings.BASE_DIR)
ARTIFACTS = ROOT / "var" / "test-artifacts"
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and "CI" not in os.environ, reason="needs a browser: apt-get install chromium"
)

LOG_IN = 'mutation { devLogIn(input: {email: "volunteer@demo.example"}) { ... on AuthSession { accessToken } } }'
CREATE = """mutation($input: CreateServiceRecordInput!) {
  createServiceRecord(input: $input) { ... on ServiceRecord { id url approvedHours } } }"""
REVOKE = """mutation($input: RevokeServiceRecordInput!) {
  revokeServiceRecord(input: $input) { ... on ServiceRecord { isRevoked } } }"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with the demo community, whose volunteer has a record."""
    folder = tmp_path_factory.mktemp("records")
    server = LiveServer("service-records", DATABASE_URL=f"sqlite:///{folder / 'records.sqlite3'}")
    server.fill(demo=True)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def browser_page(server: LiveServer) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1100, "height": 1200})
        browser.close()


def test_the_record_is_read_printed_checked_and_taken_back(server: LiveServer, browser_page: Page) -> None:
    token = server.ask(LOG_IN)["data"]["devLogIn"]["accessToken"]
    record = server.ask(CREATE, token, input={"since": "2020-01-01"})["data"]["createServiceRecord"]
    asked: list[str] = []
    complaints: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    browser_page.on("console", lambda message: complaints.append(message.text))
    browser_page.goto(record["url"])
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("Maya Torres")
    expect(browser_page.locator(".total strong")).to_have_text(f"{record['approvedHours']:g}")
    expect(browser_page.locator(".seal")).to_contain_text("The signature is valid")
    # The style sheet came, and the page asked nobody else.
    assert browser_page.evaluate("getComputedStyle(document.querySelector('.record'), '::before').height") == "8px"
    assert {urlsplit(address).netloc for address in asked} == {urlsplit(server.url).netloc}
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    browser_page.screenshot(path=ARTIFACTS / "service-record.png", full_page=True)
    browser_page.set_viewport_size({"width": 360, "height": 740})
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= 360
    browser_page.screenshot(path=ARTIFACTS / "service-record-phone.png", full_page=True)
    browser_page.emulate_media(color_scheme="dark")
    browser_page.screenshot(path=ARTIFACTS / "service-record-dark.png", full_page=True)
    browser_page.emulate_media(media="print", color_scheme="light")
    browser_page.set_viewport_size({"width": 794, "height": 1123})
    expect(browser_page.get_by_role("heading", name="Check it yourself")).to_be_hidden()
    browser_page.screenshot(path=ARTIFACTS / "service-record-print.png", full_page=True)
    assert complaints == []

    server.ask(REVOKE, token, input={"recordId": record["id"]})
    browser_page.emulate_media(media="screen")
    answer = browser_page.goto(record["url"])
    assert answer is not None
    assert answer.status == 410
    assert "Maya" not in browser_page.content()
    browser_page.screenshot(path=ARTIFACTS / "service-record-revoked.png", full_page=True)


def test_the_example_of_the_documentation_checks_a_record(server: LiveServer) -> None:
    token = server.ask(LOG_IN)["data"]["devLogIn"]["accessToken"]
    made = server.ask(CREATE, token, input={})["data"]["createServiceRecord"]
    text = (ROOT / "docs" / "hours.md").read_text()
    (example,) = [block.partition("```")[0] for block in text.split("```python\n")[1:]]
    assert len(example.splitlines()) <= 10
    run = subprocess.run(
        [sys.executable, "-c", example, made["url"]], capture_output=True, text=True, check=True, timeout=30
    )
    assert f"{made['approvedHours']:g} hours" in run.stdout
    assert "Maya Torres" in run.stdout
