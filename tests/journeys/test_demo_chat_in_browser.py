"""The demo chat as a frontend developer meets it: in a real browser that can reach this server and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.graphiql import CHROMIUM, needs_chromium
from tests.live_server import ARTIFACTS, LiveServer

pytestmark = needs_chromium
expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def browser(community_server: LiveServer) -> Iterator[Browser]:
    """A browser for which no host exists but the server's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, community_server: LiveServer) -> Iterator[Page]:
    """The demo chat, both sides live; at the end nobody has asked another host or heard anything twice."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    addresses: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.on("websocket", lambda socket: addresses.append(socket.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{community_server.url}/demo/chat")
    for name in ("Volunteer", "Host"):
        expect(state(page, name)).to_contain_text("Live")
    yield page
    for name in ("Volunteer", "Host"):
        expect(side(page, name)).to_contain_text("0 lost · 0 doubled")
    assert {urlsplit(address).netloc for address in addresses} == {urlsplit(community_server.url).netloc}
    assert problems == []
    page.close()


def test_what_one_side_writes_shows_on_the_other_with_typing_and_a_receipt(page: Page) -> None:
    say(page, "Volunteer", "Is the side door open?")
    expect(messages(page, "Host").last).to_contain_text("Is the side door open?")
    expect(messages(page, "Volunteer").last).to_contain_text("read")
    # For so long that one sign gets through, even if the test before has used up that of this moment.
    box(page, "Host").press_sequentially("It is, since this morning", delay=160)
    expect(side(page, "Volunteer")).to_contain_text("is typing")
    box(page, "Host").fill("It is!")
    box(page, "Host").press("Enter")
    expect(messages(page, "Volunteer").last).to_contain_text("It is!")
    expect(side(page, "Volunteer")).not_to_contain_text("is typing")
    picture(page, "demo-chat")


def test_a_side_that_was_cut_catches_up_with_what_it_missed(page: Page) -> None:
    side(page, "Host").get_by_role("button", name="Cut the connection").click()
    expect(state(page, "Host")).to_contain_text("Cut")
    for number in range(3):
        say(page, "Volunteer", f"Crate {number}")
    say(page, "Host", "Said while cut")
    expect(messages(page, "Host").last).to_contain_text("waiting")
    expect(messages(page, "Volunteer").last).to_contain_text("Crate 2")
    expect(messages(page, "Volunteer").last).not_to_contain_text("waiting")
    picture(page, "demo-chat-cut")
    side(page, "Host").get_by_role("button", name="Restore the connection").click()
    expect(messages(page, "Volunteer").last).to_contain_text("Said while cut")
    expect(state(page, "Host")).to_contain_text("caught up with")
    expect(messages(page, "Host").last).not_to_contain_text("waiting")
    assert last_texts(page, "Host", 4) == ["Crate 0", "Crate 1", "Crate 2", "Said while cut"]


def test_both_sides_outlive_the_server(page: Page, community_server: LiveServer) -> None:
    say(page, "Host", "Before")
    expect(messages(page, "Volunteer").last).to_contain_text("Before")
    community_server.kill()
    expect(state(page, "Volunteer")).not_to_contain_text("Live")
    say(page, "Volunteer", "While it was dead")
    picture(page, "demo-chat-server-away")
    community_server.restart()
    expect(messages(page, "Host").last).to_contain_text("While it was dead", timeout=30_000)
    say(page, "Host", "After")
    for name in ("Volunteer", "Host"):
        expect(state(page, name)).to_contain_text("Live")
        expect(messages(page, name).last).to_contain_text("After")
        assert last_texts(page, name, 3) == ["Before", "While it was dead", "After"]


def test_messages_are_reacted_to_edited_and_deleted(page: Page) -> None:
    say(page, "Volunteer", "We meet at nien")
    expect(messages(page, "Host").last).to_contain_text("We meet at nien")
    press(page, "Host", "React with 👍")
    expect(messages(page, "Volunteer").last).to_contain_text("👍 1")
    press(page, "Volunteer", "Edit message")
    box(page, "Volunteer").fill("We meet at nine")
    box(page, "Volunteer").press("Enter")
    expect(messages(page, "Host").last).to_contain_text("We meet at nine")
    expect(messages(page, "Host").last).to_contain_text("edited")
    picture(page, "demo-chat-edited")
    press(page, "Volunteer", "Delete message")
    expect(messages(page, "Host").last).to_contain_text("deleted")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    picture(page, f"demo-chat-phone-{scheme}")


def side(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def state(page: Page, name: str) -> Locator:
    return side(page, name).locator(".state")


def messages(page: Page, name: str) -> Locator:
    return side(page, name).get_by_role("log").locator("li")


def box(page: Page, name: str) -> Locator:
    return side(page, name).get_by_role("textbox")


def say(page: Page, name: str, content: str) -> None:
    box(page, name).fill(content)
    box(page, name).press("Enter")


def press(page: Page, name: str, label: str) -> None:
    messages(page, name).last.hover()
    messages(page, name).last.get_by_role("button", name=label).click()


def last_texts(page: Page, name: str, number: int) -> list[str]:
    return messages(page, name).locator("> p").all_inner_texts()[-number:]


def picture(page: Page, name: str) -> None:
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}.png", full_page="phone" in name)
