"""The whole way on a running server: somebody applies, the host hears it live and by mail, and ends the mails."""

from __future__ import annotations

import asyncio
import email
import os
import re
import shutil
import time
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import async_playwright, expect

from tests.graphql_api.notifications.documents import FOLLOW, LIST
from tests.live_server import ARTIFACTS, LiveServer
from tests.sockets import opened

CHROMIUM = shutil.which("chromium")
LOG_IN = """mutation($email: String!) { devLogIn(input: {email: $email}) { ... on AuthSession { accessToken } } }"""
OFFERS = """query($host: ID!) { opportunities(first: 20, filters: {status: OPEN, kind: SIGN_UP, hostId: $host}) {
  edges { node { roles { id eligibility { isEligible } } } } } }"""
APPLY = """mutation($input: ApplyToRoleInput!) { applyToRole(input: $input) {
  __typename ... on OperationInfo { messages { code message } } } }"""
HOSTS = "{ me { email hostMemberships { host { id } } } }"
PREFERENCES = "{ me { notificationPreferences { items { kind email } } } }"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def server(tmp_path: Path, folder: Path) -> Iterator[LiveServer]:
    server = LiveServer(
        "notifications", DATABASE_URL=f"sqlite:///{tmp_path / 'told.sqlite3'}", EMAIL_URL=f"filemail://{folder}"
    )
    server.fill(demo=True)
    server.start()
    yield server
    server.kill()


def mails_to(address: str, folder: Path, patience: float = 20) -> list[EmailMessage]:
    deadline = time.monotonic() + patience
    while True:
        found = [
            email.message_from_bytes(file.read_bytes().rpartition(b"\n---")[0], policy=policy.default)
            for file in folder.glob("*")
        ]
        mine = [message for message in found if message["To"] == address]
        if mine or time.monotonic() > deadline:
            return mine
        time.sleep(0.1)


def log_in(server: LiveServer, address: str) -> str:
    token: str = server.ask(LOG_IN, email=address)["data"]["devLogIn"]["accessToken"]
    return token


@pytest.mark.skipif(CHROMIUM is None and "CI" not in os.environ, reason="needs a browser: apt-get install chromium")
async def test_a_host_hears_of_an_application_live_and_by_a_mail_whose_link_ends_them(
    server: LiveServer, folder: Path
) -> None:
    host, volunteer = log_in(server, "host@demo.example"), log_in(server, "volunteer@demo.example")
    roles = _open_to(server, volunteer, host)
    async with opened(server.socket_url) as socket:
        await socket.log_in(host)
        await socket.subscribe(FOLLOW)
        await socket.settle()
        answer = await asyncio.to_thread(server.ask, APPLY, volunteer, input={"roleId": roles[0]})
        assert answer["data"]["applyToRole"]["__typename"] == "Application", answer
        heard: Any = (await socket.hear())["payload"]["data"]["notificationReceived"]
    assert heard["kind"] == "APPLICATION_RECEIVED"
    newest = server.ask(LIST, host, first=1)["data"]["notifications"]
    node = newest["edges"][0]["node"]
    assert (node["id"], node["isRead"], node["subject"]["__typename"]) == (heard["id"], False, "Application")
    assert newest["unreadCount"] >= 1

    (message,) = await asyncio.to_thread(mails_to, "host@demo.example", folder)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.fullmatch(r"<(http\S+)>", message["List-Unsubscribe"].strip())
    assert link
    await _end_the_mails(link[1])
    by_kind = {
        item["kind"]: item["email"]
        for item in server.ask(PREFERENCES, host)["data"]["me"]["notificationPreferences"]["items"]
    }
    assert (by_kind["APPLICATION_RECEIVED"], by_kind["OFFER_MADE"]) == (False, True)


def _open_to(server: LiveServer, volunteer: str, host: str) -> list[str]:
    """Return the roles of the host's organizations that the volunteer may apply for."""
    found = []
    for one in server.ask(HOSTS, host)["data"]["me"]["hostMemberships"]:
        answer = server.ask(OFFERS, volunteer, host=one["host"]["id"])
        for edge in answer["data"]["opportunities"]["edges"]:
            found += [role["id"] for role in edge["node"]["roles"] if role["eligibility"]["isEligible"]]
    return found


async def _end_the_mails(address: str) -> None:
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 900, "height": 600})
        page.on("console", lambda said: complaints.append(said.text))
        await page.goto(address)
        await expect(page.get_by_role("heading", level=1)).to_have_text("No more of these mails?")
        await page.screenshot(path=ARTIFACTS / "unsubscribe.png")
        await page.set_viewport_size({"width": 360, "height": 640})
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        await page.screenshot(path=ARTIFACTS / "unsubscribe-phone.png")
        await page.get_by_role("button", name="Get no more of them").click()
        await expect(page.get_by_role("status")).to_contain_text("You get no more mails about applications")
        await page.screenshot(path=ARTIFACTS / "unsubscribe-done.png")
        await page.get_by_role("button", name="Get them again").click()
        await expect(page.get_by_role("status")).to_contain_text("again.")
        await page.get_by_role("button", name="Get no more of them").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Done")
        await browser.close()
    assert complaints == []
