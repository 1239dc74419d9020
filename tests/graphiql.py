"""GraphiQL in a real browser that can reach one server and nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

expect.set_options(timeout=15_000)

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and "CI" not in os.environ, reason="needs a browser: apt-get install chromium"
)


@dataclass
class Visit:
    """A page in the browser, with all that it asked for and all that it complained about."""

    page: Page
    addresses: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def hosts(self) -> set[str]:
        return {urlsplit(address).netloc for address in self.addresses if not address.startswith(("data:", "blob:"))}


@contextmanager
def browsing(url: str, *, width: int = 1280, height: int = 800) -> Iterator[Visit]:
    """Open an empty page in a browser for which no host exists but the server's."""
    host = urlsplit(url).hostname
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            # Chromium's own sandbox does not run as root, which containers do.
            args=["--no-sandbox", f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {host}"],
        )
        page = browser.new_page(viewport={"width": width, "height": height})
        visit = Visit(page)
        page.on("request", lambda request: visit.addresses.append(request.url))
        page.on("websocket", lambda socket: visit.addresses.append(socket.url))
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.on("console", lambda said: visit.complaints.append(said.text) if said.type == "error" else None)
        yield visit
        browser.close()


def open_graphiql(page: Page, url: str) -> None:
    """Go to the editor, and wait for it: the buttons are there before the editor is."""
    page.goto(f"{url}/graphql/")
    expect(editor(page)).to_contain_text("query Opportunities")


def editor(page: Page) -> Locator:
    """Return the text of the query that is shown."""
    return page.locator(".graphiql-query-editor .view-lines")


def open_tab(page: Page, name: str) -> None:
    """Go to an example."""
    page.get_by_role("tab").get_by_role("button", name=name, exact=True).click()


def opened_tab(page: Page) -> Locator:
    """Return the tab that is open; its name comes before what closes it."""
    return page.get_by_role("tab", selected=True)


def run(page: Page) -> None:
    """Run what is shown."""
    page.get_by_role("button", name="Execute query").click()


def answer(page: Page) -> Locator:
    """Return the text of the answer."""
    return page.locator(".result-window .view-lines")
