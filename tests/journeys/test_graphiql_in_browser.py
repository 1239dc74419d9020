"""GraphiQL as a newcomer meets it: in a real browser that can reach this server and nothing else."""

from __future__ import annotations

import json
import re
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from graphql import OperationDefinitionNode, build_schema, parse, validate
from graphql.execution.values import get_variable_values
from playwright.sync_api import expect

from tests.graphiql import Visit, answer, browsing, editor, needs_chromium, open_graphiql, open_tab, opened_tab, run

expect.set_options(timeout=15_000)

ROOT = Path(__file__).parents[2]
TABS = ["Opportunities", "Me", "Events", "CheckIn", "Conversations", "ConversationEvents", "SendMessage"]
EXAMPLES = sorted((ROOT / "web" / "src" / "examples").glob("*.graphql"))
ARTIFACTS = ROOT / "var" / "test-artifacts"


@pytest.fixture
def visit(live_server_url: str) -> Iterator[Visit]:
    """GraphiQL, open."""
    with browsing(live_server_url) as visit:
        open_graphiql(visit.page, live_server_url)
        yield visit


@needs_chromium
def test_a_newcomer_logs_in_asks_and_watches_a_conversation_without_leaving_the_server(
    visit: Visit, live_server_url: str
) -> None:
    page = visit.page
    say, conversation_id = someone_to_talk_to(live_server_url)

    run(page)
    expect(answer(page)).to_contain_text("totalCount")

    log_in_bar = page.get_by_role("navigation", name="Demo log-in")
    log_in_bar.get_by_role("button", name="Volunteer").click()
    expect(log_in_bar.get_by_role("status")).to_contain_text("You are")

    open_tab(page, "Me")
    run(page)
    expect(answer(page)).to_contain_text("volunteer@demo.example")

    open_tab(page, "ConversationEvents")
    page.get_by_text("PASTE_THE_ID_HERE").dblclick()
    page.keyboard.type(conversation_id)
    run(page)
    for text in ("first-from-outside", "second-from-outside"):  # after the first, the second can only come live
        say(text)
        expect(answer(page)).to_contain_text(text)

    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTIFACTS / "graphiql.png")
    assert visit.hosts() == {urlsplit(live_server_url).netloc}
    assert any(address.startswith("ws://") for address in visit.addresses)
    assert visit.complaints == []


@needs_chromium
def test_the_documentation_and_the_history_open(visit: Visit) -> None:
    page = visit.page
    run(page)
    expect(answer(page)).to_contain_text("totalCount")

    page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(page.locator(".graphiql-plugin")).to_contain_text("All Schema Types")

    page.get_by_role("button", name="Show History").click()
    expect(page.locator(".graphiql-plugin")).to_contain_text("Opportunities")


@needs_chromium
def test_tabs_show_their_own_text_after_a_reload(visit: Visit) -> None:
    page = visit.page
    for name in TABS:
        open_tab(page, name)
        expect(editor(page)).to_contain_text(f" {name}")
        page.wait_for_timeout(800)  # what is typed is stored after half a second
        page.reload()
        expect(editor(page)).to_contain_text(f" {name}")
        expect(opened_tab(page)).to_have_text(re.compile(f"^{name}"))
        assert page.get_by_role("tab").all_inner_texts() == TABS
    for name in reversed(TABS):
        open_tab(page, name)
        expect(editor(page)).to_contain_text(f" {name}")


@needs_chromium
def test_what_is_typed_is_there_after_a_reload_and_tokens_in_the_headers_are_not(visit: Visit) -> None:
    page = visit.page
    open_tab(page, "Me")
    editor(page).click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# mine")
    page.get_by_role("button", name="Headers").click()
    page.locator(".graphiql-editor-tool .view-lines").last.click()
    page.keyboard.type('{"Authorization": "a-secret')
    page.wait_for_timeout(1000)
    assert "a-secret" not in page.evaluate("JSON.stringify(localStorage)")
    page.reload()
    expect(editor(page)).to_contain_text("# mine")
    open_tab(page, "Opportunities")
    expect(editor(page)).to_contain_text("query Opportunities")


@needs_chromium
def test_no_example_is_underlined_in_red(visit: Visit) -> None:
    page = visit.page
    for name in TABS:
        open_tab(page, name)
        expect(editor(page)).to_contain_text(f" {name}")
        page.wait_for_timeout(1500)  # the checks run in a worker, a moment later
        assert page.locator(".squiggly-error, .squiggly-warning").count() == 0, name
    editor(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type("query Wrong { nothingOfTheKind }")
    expect(page.locator(".squiggly-error").first).to_be_visible()  # and what is wrong is underlined


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_in_the_editor_fits_the_schema(path: Path) -> None:
    schema = build_schema((ROOT / "graphql_api" / "schema.graphql").read_text())
    document = parse(path.read_text())
    assert validate(schema, document) == []

    variables_path = path.with_suffix(".variables.jsonc")
    if variables_path.exists():
        operation = document.definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        variables = json.loads(re.sub(r"^\s*//.*$", "", variables_path.read_text(), flags=re.MULTILINE))
        values = get_variable_values(schema, operation.variable_definitions or (), variables)
        assert not isinstance(values, list), values  # a list says what does not fit


def someone_to_talk_to(live_server_url: str) -> tuple[Any, str]:
    """Return how to say something as the demo volunteer, by HTTP, and the conversation it is said in."""
    log_in = "mutation ($input: DevLogInInput!) { devLogIn(input: $input) { ... on AuthSession { accessToken } } }"
    conversations = "{ conversations(first: 1) { edges { node { id } } } }"
    send = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }"

    session = ask(live_server_url, log_in, {"input": {"email": "volunteer@demo.example"}})
    token = session["devLogIn"]["accessToken"]
    edges = ask(live_server_url, conversations, token=token)["conversations"]["edges"]
    assert edges, "The demo community should have a conversation that the demo volunteer takes part in."
    conversation_id: str = edges[0]["node"]["id"]

    def say(text: str) -> None:
        message = {"conversationId": conversation_id, "content": text, "clientId": str(uuid.uuid4())}
        sent = ask(live_server_url, send, {"input": message}, token)
        assert sent["sendMessage"]["__typename"] == "Message"

    return say, conversation_id


def ask(live_server_url: str, query: str, variables: dict[str, Any] | None = None, token: str = "") -> Any:
    request = urllib.request.Request(
        f"{live_server_url}/graphql/",
        json.dumps({"query": query, "variables": variables}).encode(),
        {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {}),
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        result = json.load(response)
    assert "errors" not in result, result["errors"]
    return result["data"]
