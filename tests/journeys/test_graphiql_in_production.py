"""GraphiQL on a server as it runs for real: staff come from the admin, and ask with a token of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.graphiql import answer, browsing, editor, needs_chromium, open_tab, run
from tests.live_server import LiveServer

pytestmark = needs_chromium
PASSWORD = "a password for the desk"
MAKE_PEOPLE = """
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from domains.accounts.models import User
for name in ("editor", "reader"):
    user = User.objects.create_user(f"{name}@staff.example", "%s", display_name=name.title(), is_staff=True)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
User.objects.get(email="editor@staff.example").user_permissions.add(Permission.objects.get(codename="use_graphiql"))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with production settings and two members of staff, one of whom may use GraphiQL."""
    folder = tmp_path_factory.mktemp("production")
    server = LiveServer(
        "production",
        DEBUG="false",
        SECRET_KEY="only-for-this-journey" * 2,
        DATABASE_URL=f"sqlite:///{folder / 'production.sqlite3'}",
        STORAGE_URL=f"file://{folder / 'media'}",
        EMAIL_URL=f"filemail://{folder / 'mail'}",
    )
    server.fill()
    server.run(MAKE_PEOPLE % PASSWORD)
    server.start()
    yield server
    server.kill()


@pytest.mark.parametrize("width", [1280, 390])
def test_an_admin_comes_from_the_admin_logs_in_and_asks(server: LiveServer, width: int) -> None:
    with browsing(server.url, width=width) as visit:
        page, asked = visit.page, list[str]()
        page.on("request", lambda request: asked.append(request.post_data or ""))
        page.goto(f"{server.url}/graphql/")
        expect(page.get_by_role("heading", name="This is the address of the API")).to_be_visible()
        page.get_by_role("link", name="Log in to the admin").click()
        page.get_by_label("Email").fill("editor@staff.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()

        expect(editor(page)).to_contain_text("query Opportunities")
        assert page.url == f"{server.url}/graphql/"
        if width > 1000:
            page.get_by_role("button", name="Show Documentation Explorer").click()
            expect(page.locator(".graphiql-plugin")).to_contain_text("All Schema Types")
            page.get_by_role("button", name="Hide Documentation Explorer").click()

        open_tab(page, "Me")
        run(page)
        expect(answer(page)).to_contain_text("Log in first.")  # the cookie is nobody to the API

        bar = page.get_by_role("navigation", name="Log-in")
        for password, status in (("a wrong password", "Not logged in"), (PASSWORD, "You are Editor")):
            bar.get_by_label("E-mail").fill("editor@staff.example")
            bar.get_by_label("Password").fill(password)
            bar.get_by_role("button", name="Log in").click()
            expect(bar.get_by_role("status")).to_contain_text(status)
        run(page)
        expect(answer(page)).to_contain_text(re.compile(r"editor@staff\.\s*example"))  # a phone breaks the line
        page.screenshot(path=Path(server.log).with_name(f"graphiql-production-{width}.png"))

        page.reload()
        expect(bar.get_by_role("status")).to_contain_text("You are Editor")
        bar.get_by_role("button", name="Log out").click()
        expect(bar.get_by_label("E-mail")).to_be_visible()
        assert asked
        assert [one for one in asked if "__schema" in one] == []
        # The page of a stranger is a 403, which a browser reports; nothing else went wrong.
        assert [one for one in visit.complaints if "403" not in one] == []


def test_the_schema_is_not_asked_for_by_introspection(server: LiveServer) -> None:
    refused = server.ask("{ __schema { queryType { name } } }")
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_staff_without_the_permission_are_told_what_they_lack(server: LiveServer) -> None:
    with browsing(server.url) as visit:
        page = visit.page
        page.goto(f"{server.url}/admin/login/?next=/graphql/")
        page.get_by_label("Email").fill("reader@staff.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_text("without that permission")).to_be_visible()
        page.goto(server.url)
        expect(page.get_by_role("link", name="GraphiQL")).to_have_count(0)
