"""The pages a browser opens: the ways in, and the documentation, of which nothing but itself is served."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.http import Http404
from django.test import Client, RequestFactory

from tests.factories import UserFactory
from web.docs import docs_page

ROOT = Path(settings.BASE_DIR)
RECORDS = sorted(f"adr/{path.stem}" for path in ROOT.glob("docs/adr/*.md") if path.stem != "README")
NAMES = ["README", "CONTRIBUTING", "adr", *RECORDS, *sorted(path.stem for path in ROOT.glob("docs/*.md"))]


def read(name: str) -> str:
    return docs_page(RequestFactory().get("/docs/"), name).content.decode()


@pytest.fixture
def docs(tmp_path: Path, settings) -> Path:
    """A folder that the pages are read from, instead of the repository."""
    (tmp_path / "docs" / "adr").mkdir(parents=True)
    for path in ("README.md", "CONTRIBUTING.md", "docs/other.md", "docs/adr/README.md", "docs/adr/0001-one.md"):
        (tmp_path / path).write_text("# A page\n")
    settings.BASE_DIR = tmp_path
    return tmp_path


@pytest.mark.parametrize("is_debug", [True, False])
def test_the_front_page_leads_everywhere_and_names_log_ins_only_with_debug(
    client: Client, settings, is_debug: bool
) -> None:
    settings.DEBUG = is_debug
    page = client.get("/").content.decode()
    links = set(re.findall(r'href="([^"]+)"', page))
    assert {"/schema.graphql", "/admin/", "/docs/", "/healthz"} <= links
    assert ("/graphql/" in links) is is_debug
    for words in (settings.DEMO_PASSWORD, *(user["email"] for user in settings.DEMO_USERS)):
        assert (words in page) is is_debug


@pytest.mark.parametrize("is_debug", [True, False])
def test_the_demo_chat_is_there_only_with_debug(client: Client, settings, is_debug: bool) -> None:
    settings.DEBUG = is_debug
    for address in ("/demo/chat", "/demo/chat/"):
        assert client.get(address).status_code == (200 if is_debug else 404)
    assert ("/demo/chat" in client.get("/").content.decode()) is is_debug


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
CLOSED = "This is the address of the API"


@pytest.mark.django_db
def test_graphiql_opens_for_staff_with_the_permission_and_tells_everybody_else_what_this_address_is(
    client: Client, settings
) -> None:
    settings.DEBUG = False
    right = "accounts.use_graphiql"
    others = [
        None,
        UserFactory(),
        UserFactory(is_staff=True),
        UserFactory(is_staff=True, rights=["accounts.view_user"]),
    ]
    for person in [*others, UserFactory(rights=[right])]:
        if person:
            client.force_login(person)
        answer = client.get("/graphql/", headers=BROWSER)
        assert answer.status_code == 403
        assert CLOSED in answer.content.decode()
        assert ("/admin/login/?next=/graphql/" in answer.content.decode()) is (person is None)
        assert 'href="/graphql/"' not in client.get("/").content.decode()
    for person in (UserFactory(is_staff=True, rights=[right]), UserFactory(superuser=True)):
        client.force_login(person)
        answer = client.get("/graphql/", headers=BROWSER)
        assert answer.status_code == 200
        assert "page-config" in answer.content.decode() or "make web" in answer.content.decode()
        assert 'href="/graphql/"' in client.get("/").content.decode()


@pytest.mark.django_db
def test_the_cookie_of_the_admin_opens_the_page_and_nothing_of_the_api(client: Client) -> None:
    client.force_login(UserFactory(superuser=True))
    answer = client.post("/graphql/", {"query": "{ me { id } }"}, content_type="application/json").json()
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_the_readme_quotes_the_lines_that_the_demo_chat_runs() -> None:
    lines = (ROOT / "web" / "src" / "chat" / "follow.ts").read_text()
    assert f"```ts\n{lines}```" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("is_built", [True, False])
def test_the_demo_chat_says_what_to_do_before_it_is_built(
    client: Client, settings, tmp_path: Path, is_built: bool
) -> None:
    settings.DEBUG, settings.WEB_BUILD_DIR = True, tmp_path
    if is_built:
        (tmp_path / "chat.js").touch()
    page = client.get("/demo/chat").content.decode()
    assert ("make web" in page) is not is_built
    assert ("web/chat.js" in page) is is_built


def test_the_documentation_has_its_routes(client: Client) -> None:
    assert "The open backend for community volunteering" in client.get("/docs/").content.decode()
    assert "<h1" in client.get("/docs/architecture/").content.decode()
    assert "<h1" in client.get(f"/docs/{RECORDS[0]}/").content.decode()
    assert client.get("/docs/nothing/").status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_page_leads_to_a_page_and_a_heading_that_exist(name: str) -> None:
    page = read(name)
    assert f"<title>{'MishMob' if name == 'README' else ''}" in page
    for href in re.findall(r'href="([^"]*)"', page.partition("<main>")[2]):
        address, _, anchor = href.partition("#")
        if address.startswith(("http://", "https://")) or address in {"/schema.graphql", "/graphql/"}:
            continue
        assert not address or re.fullmatch(r"/docs/(.+/)?", address), href
        target = address.removeprefix("/docs/").rstrip("/") or ("README" if address else name)
        assert target in NAMES, href
        assert not anchor or f' id="{anchor}"' in read(target), href


def test_every_record_is_listed() -> None:
    page = read("adr")
    assert [name for name in RECORDS if f'href="/docs/{name}/"' not in page] == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nothing",
        "readme.md",
        "../README",
        "../.env",
        "..%2f.env",
        "adr/../../.env",
        "/etc/passwd",
        "adr/README",
        ".",
    ],
)
def test_nothing_else_is_served(name: str) -> None:
    with pytest.raises(Http404):
        read(name)


def test_links_lead_to_what_they_lead_to_in_the_repository(docs: Path) -> None:
    (docs / "docs" / "other.md").write_text(
        "# Other\n[a](../README.md#b-c) [d](adr/0001-one.md) [e](adr/) [f](../graphql_api/schema.graphql)"
        " [g `h`](../LICENSE) [i](https://a.example/x.md) [j](#other)\n"
    )
    body = read("other").partition("<main>")[2]
    assert re.findall(r'href="([^"]*)"', body) == [
        "/docs/#b-c",
        "/docs/adr/0001-one/",
        "/docs/adr/",
        "/schema.graphql",
        "https://a.example/x.md",
        "#other",
    ]
    assert "<span>g <code>h</code></span>" in body


def test_html_and_dangerous_links_are_shown_and_not_obeyed(docs: Path) -> None:
    (docs / "docs" / "other.md").write_text("# O<script>alert(1)</script>\n<b>x</b> [y](javascript:alert(1))\n")
    page = read("other")
    assert "<script>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert 'href="javascript' not in page


def test_headings_that_say_the_same_can_be_told_apart(docs: Path) -> None:
    (docs / "docs" / "other.md").write_text("# Why & how?\n## Why & how?\n")
    assert re.findall(r' id="([^"]*)"', read("other")) == ["why--how", "why--how-1"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "operation"), [("/verify-email", "verifyEmail"), ("/host-invitation", "acceptHostInvitation")]
)
def test_the_links_of_mails_lead_to_a_page_that_shows_the_key_and_runs_nothing(
    client: Client, path: str, operation: str
) -> None:
    answer = client.get(path, {"key": "a-key<script>alert(1)</script>"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "a-key&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert f"{operation}(input:" in page
    assert f"{path}?key=" in page
