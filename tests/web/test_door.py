"""The check-in page: what the server sends, and what a phone keeps of it. The page itself is tested in a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from graphql import build_schema, parse, validate

from web.door import SCOPE, SERVICE_WORKER

ROOT = Path(django_settings.BASE_DIR)
DOOR = ROOT / "web" / "src" / "door"
OPERATIONS = sorted((DOOR / "operations").glob("*.graphql"))
PAGE = f"{SCOPE}RXZlbnQ6MQ=="
BUILT = {
    "door.js": "page",
    "door_service_worker.js": "worker",
    "assets/reader-aB_3.js": "reader",
    "assets/reader.wasm": "wasm",
}


@pytest.fixture
def built(settings, tmp_path: Path) -> Path:
    """A build of the pages, in a folder of its own."""
    settings.WEB_BUILD_DIR = tmp_path
    (tmp_path / "assets").mkdir()
    for name, content in BUILT.items():
        (tmp_path / name).write_text(content)
    files = [name for name in BUILT if name != "door_service_worker.js"]
    (tmp_path / "door.json").write_text(json.dumps(files))
    return tmp_path


def kept_by(client: Client) -> dict[str, object]:
    """Return what the service worker is told to keep."""
    first, _, rest = client.get(SERVICE_WORKER).content.decode().partition("\n")
    assert rest == "worker"
    kept: dict[str, object] = json.loads(first.removeprefix("self.SHELL = ").removesuffix(";"))
    return kept


@pytest.mark.parametrize("address", [SCOPE, SCOPE.rstrip("/"), PAGE, f"{PAGE}/"])
def test_all_events_have_the_same_page_without_data(client: Client, built: Path, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert "RXZlbnQ6MQ" not in answer.content.decode()
    assert not answer.cookies
    assert client.post(address).status_code == 405


def test_only_scripts_with_the_nonce_of_this_answer_run(client: Client, built: Path) -> None:
    nonces = set()
    for _ in range(2):
        answer = client.get(PAGE)
        policy = answer["Content-Security-Policy"]
        (nonce,) = re.findall(r"script-src 'nonce-([\w-]{20,})'", policy)
        assert re.findall(r"<script (.*?)[ >]", answer.content.decode()) == ['id="page-config"', 'type="module"']
        assert f'nonce="{nonce}" src="/static/web/door.js?v=' in answer.content.decode()
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        nonces.add(nonce)
    assert len(nonces) == 2


def test_only_this_page_may_use_the_camera(client: Client, built: Path) -> None:
    assert "camera=(self)" in client.get(PAGE)["Permissions-Policy"]
    assert "microphone=()" in client.get(PAGE)["Permissions-Policy"]
    assert "Permissions-Policy" not in client.get("/")


def test_the_page_says_what_to_do_before_it_is_built(client: Client, settings, tmp_path: Path) -> None:
    settings.WEB_BUILD_DIR = tmp_path
    page = client.get(PAGE).content.decode()
    assert "make web" in page
    assert "<script" not in page
    assert client.get(SERVICE_WORKER).status_code == 404
    assert client.get(f"{SCOPE}reader-aB_3.js").status_code == 404


@pytest.mark.parametrize(
    ("public_url", "origin"),
    [("https://community.example.org", "https://community.example.org"), ("http://x.example", None)],
)
def test_the_page_knows_where_it_has_https(
    client: Client, built: Path, settings, public_url: str, origin: str | None
) -> None:
    settings.PUBLIC_URL = public_url
    (config,) = re.findall(
        r'<script id="page-config" type="application/json">(.*?)</script>', client.get(PAGE).content.decode()
    )
    assert json.loads(config)["secureOrigin"] == origin


def test_the_phone_keeps_every_file_of_the_page_and_all_change_together(client: Client, built: Path) -> None:
    before = kept_by(client)
    version = before["version"]
    assert before == {
        "version": version,
        "page": SCOPE,
        "files": [
            f"/static/door.css?v={version}",
            "/static/mark.svg",
            f"{SCOPE}reader-aB_3.js",
            "/static/web/assets/reader.wasm",
            f"/static/web/door.js?v={version}",
        ],
    }
    assert f"door.css?v={version}" in client.get(PAGE).content.decode()
    assert kept_by(client) == before
    (built / "assets" / "reader.wasm").write_text("newer")
    assert kept_by(client)["version"] != version


def test_the_service_worker_is_asked_for_each_time_and_reaches_only_this_server(client: Client, built: Path) -> None:
    answer = client.get(SERVICE_WORKER)
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    assert answer["Content-Security-Policy"] == "default-src 'none'; connect-src 'self'"
    # Its scope is its folder: no header widens it.
    assert "Service-Worker-Allowed" not in answer


def test_the_reader_of_qr_codes_may_compile_webassembly_and_ask_nobody(client: Client, built: Path) -> None:
    answer = client.get(f"{SCOPE}reader-aB_3.js")
    assert answer.content == b"reader"
    assert answer["Content-Security-Policy"] == "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"
    assert client.get(f"{SCOPE}reader-other.js").status_code == 404


@pytest.mark.parametrize("name", ["reader-..%2Fdoor.js", "reader-../door.js"])
def test_no_other_file_is_given_as_the_reader(client: Client, built: Path, name: str) -> None:
    assert client.get(f"{SCOPE}{name}").content != b"page"


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_the_schema_serves_every_operation_of_the_page(path: Path) -> None:
    schema = build_schema((ROOT / "graphql_api" / "schema.graphql").read_text())
    assert validate(schema, parse(path.read_text())) == []


def test_the_page_has_no_other_operations(built: Path) -> None:
    sources = {path: path.read_text() for path in DOOR.rglob("*.ts")}
    imported = {name for text in sources.values() for name in re.findall(r"operations/(\w+\.graphql)\?raw", text)}
    assert imported == {path.name for path in OPERATIONS}
    written = [path for path, text in sources.items() if re.search(r"[`'\"]\s*(query|mutation|subscription)\b", text)]
    assert written == []
