"""Files by the multipart request spec: what is wrong with one is refused in JSON, and nothing of it happens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from domains.base.multipart import MAX_FILE, MIB
from domains.skills.models import Resume
from tests import multipart
from tests.graphql_api.uploader import Uploader
from tests.multipart import MULTIPART, OPERATION, PLACE, UPLOAD, body, field, file, request
from tests.sql import rows_of

pytestmark = pytest.mark.django_db
APPS = ("accounts", "skills", "base")


@pytest.fixture
def unchanged() -> Iterator[None]:
    """After the test every row is what it was before."""
    before = rows_of(*APPS)
    yield
    assert rows_of(*APPS) == before


def refused(response: Any, status: int, words: str = "") -> None:
    """Check that it is a refusal such as clients can handle, with the words in it."""
    assert response.status_code == status, response.content
    assert response["Content-Type"].startswith("application/")
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "requestId": response["X-Request-Id"]}
    assert words in error["message"]


def test_a_file_goes_where_the_map_says(uploader: Uploader) -> None:
    resume = uploader.resume(request())
    assert resume.original_name == "cv.txt"
    with resume.file.open() as stored:
        assert stored.read() == b"First aid."


@pytest.mark.parametrize("header", ["X-Requested-With", "Apollo-Require-Preflight"])
def test_either_header_that_no_form_can_set_lets_a_file_in(uploader: Uploader, header: str) -> None:
    response = uploader.send(request(), **{"X-Requested-With": "", header: "yes"})
    assert response.json()["data"]["uploadResume"]["__typename"] == "Resume"


@pytest.mark.parametrize(
    ("content_type", "content", "headers"),
    [
        (MULTIPART, request(), {}),
        (MULTIPART, request(), {"X-Requested-With": " "}),
        (MULTIPART.upper(), request(), {}),
        ("multipart/mixed; boundary=x", request(), {"X-Requested-With": "x"}),
        ("multipart/form-data-x", request(), {"X-Requested-With": "x"}),
        ("text/plain", json.dumps({"query": "mutation { logOut(input: {everywhere: true}) { __typename } }"}), {}),
        ("application/x-www-form-urlencoded", "query=mutation{logOut(input:{everywhere:true}){__typename}}", {}),
        ("", json.dumps({"query": "mutation { logOut(input: {everywhere: true}) { __typename } }"}), {}),
    ],
)
def test_what_a_form_of_a_foreign_page_can_send_changes_nothing(
    uploader: Uploader, content_type: str, content: Any, headers: dict[str, str]
) -> None:
    client = Client()
    client.force_login(uploader.user)
    before = rows_of(*APPS)
    sent = {"Origin": "https://evil.example", **headers}
    response = client.generic("POST", "/graphql/", content, content_type=content_type, headers=sent)
    refused(response, 415)
    assert "Access-Control-Allow-Origin" not in response
    refused(uploader.send(request(), content_type, **{"X-Requested-With": "", **headers}), 415)
    assert rows_of(*APPS) == before


MALFORMED = {
    "the map is a list": request(map=[PLACE]),
    "the map is null": request(map=b"null"),
    "the map is not JSON": request(map=b"{"),
    "the map names a file twice": request(map=b'{"0": ["variables.input.resume"], "0": ["variables.input.resume"]}'),
    "21 entries": request(map={str(number): [f"variables.{number}"] for number in range(21)}),
    "one file in two places": request(map={"0": [*PLACE, "variables.other"]}),
    "the same place twice for one file": request(map={"0": PLACE * 2}),
    "no place": request(map={"0": []}),
    "a place that is text": request(map={"0": PLACE[0]}),
    "a place that is a number": request(map={"0": [0]}),
    "a place that is a list": request(map={"0": [PLACE]}),
    "two files in one place": request(file(), file(field="1"), map={"0": PLACE, "1": PLACE}),
    "a file inside another": request(file(), file(field="1"), map={"0": PLACE, "1": [f"{PLACE[0]}.name"]}),
    "two files of one name": request(file(), file()),
    "a file that the map leaves out": request(file(), file(field="1")),
    "a file that is missing": request(file(), map={"0": PLACE, "1": ["variables.other"]}),
    "no file at all": body(field("operations", OPERATION), field("map", {"0": PLACE})),
    "a file that is text": body(field("operations", OPERATION), field("map", {"0": PLACE}), field("0", "First aid.")),
    "six files": request(*(file(field=str(n)) for n in range(6)), map={str(n): [f"variables.{n}"] for n in range(6)}),
    "101 files without names": request(*(file(name=b"..") for _ in range(101))),
    "no operations": body(field("map", {"0": PLACE}), file()),
    "no map": body(field("operations", OPERATION), file()),
    "operations twice": body(field("operations", OPERATION), field("operations", OPERATION), field("map", {}), file()),
    "the map twice": body(field("operations", OPERATION), field("map", {}), field("map", {"0": PLACE}), file()),
    "operations is a file": body(
        file(json.dumps(OPERATION).encode(), field="operations"), field("map", {"0": PLACE}), file()
    ),
    "operations is not JSON": request(operations=b"{"),
    "operations has a key twice": request(operations=b'{"query": "{ __typename }", "query": "{ me { id } }"}'),
    "operations is null": request(operations=b"null"),
    "operations is text": request(operations="{ __typename }"),
    "operations is a batch": request(operations=[OPERATION], map={"0": [f"0.{PLACE[0]}"]}),
    "operations is deep": request(operations=b"[" * 5_000),
    "operations is not UTF-8": request(operations=json.dumps({**OPERATION, "x": "?"}).encode().replace(b"?", b"\xff")),
    "the map is not UTF-8": request(map=b'{"\xff": ["variables.input.resume"]}'),
    "operations is UTF-16": request(operations=json.dumps(OPERATION).encode("utf-16")),
    "no query": request(operations={"variables": {"input": {"resume": None}}}),
    "variables is missing": request(operations={"query": UPLOAD}),
    "variables is null": request(operations={"query": UPLOAD, "variables": None}),
    "variables is a list": request(operations={"query": UPLOAD, "variables": [None]}, map={"0": ["variables.0"]}),
    "it ends in the file": request()[:-40],
    "it ends in the boundary": request()[:-8],
    "it is no multipart": b"First aid.",
    "base64 that is none": request(file(b"Rmlyc3Q", b"Content-Transfer-Encoding: base64")),
    "1,100 fields": body(*(field(f"x{number}", 1) for number in range(1_100))),
    "a head of 40,000 bytes": request(file(b"x", b"X-Long: " + b"x" * 40_000)),
    "a name of 40,000 characters": request(file(name=b"x" * 40_000)),
    "a file without a name": request(file(name=b"")),
    "a file called ..": request(file(name=b"..")),
    "a name that is not UTF-8": request(file(name=b"\xff.pdf")),
    "a file called NUL": request(file(name=b"\x00")),
}


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_request_is_refused(
    uploader: Uploader, unchanged: None, empty_folder: Path, content: bytes
) -> None:
    refused(uploader.send(content), 400)


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "variables",
        "variables.",
        "query",
        "operationName",
        "extensions.input",
        "0.variables.input.resume",
        "variables.input",
        "variables.input.other",
        "variables.input.note",
        "variables.input.note.0",
        "variables.input.resume.0",
        "variables.input.__proto__",
        "variables.__proto__.polluted",
        "variables.input.__class__.__init__",
        "variables.constructor.prototype.x",
        "variables.list.-1",
        "variables.list.1",
        "variables.list.00000000000",
        "variables.list.99999999999999999999",
        "variables.list." + "9" * 5_000,
        "variables.list.0x0",
        "variables.list.\u0660",
        "variables.list.length",
        "variables" + ".input" * 40,
        "variables..input.resume",
        " variables.input.resume",
        "Variables.input.resume",
    ],
)
def test_a_path_that_leads_to_no_null_in_the_variables_is_refused(
    uploader: Uploader, unchanged: None, path: str
) -> None:
    variables = {"input": {"resume": None, "note": "taken"}, "list": [None]}
    operations = {"query": UPLOAD, "variables": variables, "extensions": {"input": None}, "operationName": None}
    refused(uploader.send(request(operations=operations, map={"0": [path]})), 400)


def test_a_place_in_a_list_is_found(uploader: Uploader) -> None:
    operations = {"query": UPLOAD, "variables": {"input": {"resume": [None, None]}}}
    answer = uploader.send(request(operations=operations, map={"0": ["variables.input.resume.1"]})).json()
    # The list came through to the scalar, which wants one file.
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert not Resume.objects.exists()


def test_a_character_for_what_cannot_be_read_may_be_written_as_an_escape(uploader: Uploader) -> None:
    operations = {**OPERATION, "extensions": {"note": "\ufffd"}}
    assert uploader.resume(request(operations=operations)).original_name == "cv.txt"


@pytest.mark.parametrize("charset", ["hex", "rot13", "undefined", "idna", "utf-16", "nonsense"])
def test_the_charset_that_a_request_claims_counts_for_nothing(uploader: Uploader, charset: str) -> None:
    response = uploader.send(request(), f"{MULTIPART}; charset={charset}")
    assert response.json()["data"]["uploadResume"]["originalName"] == "cv.txt"


@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=ä", "; boundary=" + "x" * 300, "; boundary=x"])
def test_a_boundary_that_is_none_is_refused(uploader: Uploader, unchanged: None, boundary: str) -> None:
    refused(uploader.send(request(), f"multipart/form-data{boundary}"), 400)


def test_a_file_past_its_limit_is_refused_and_nothing_of_it_stays(
    uploader: Uploader, unchanged: None, empty_folder: Path
) -> None:
    refused(uploader.send(request(file(b"x" * (MAX_FILE + 1)))), 413, "11 MiB a file")


def test_a_file_of_the_greatest_length_arrives_and_its_service_decides(uploader: Uploader, empty_folder: Path) -> None:
    answer = uploader.send(request(file(b"x" * MAX_FILE))).json()
    assert [message["code"] for message in answer["data"]["uploadResume"]["messages"]] == ["TOO_LARGE"]
    assert not Resume.objects.exists()


def test_a_body_past_its_limit_is_refused_unread(uploader: Uploader, unchanged: None, empty_folder: Path) -> None:
    files = [file(b"x" * 7 * MIB, field=str(number)) for number in range(2)]
    places = {str(number): [f"variables.{number}"] for number in range(2)}
    refused(uploader.send(request(*files, map=places)), 413, "12 MiB")


def test_the_parts_that_are_no_files_are_a_mebibyte_at_most(uploader: Uploader, unchanged: None) -> None:
    refused(uploader.send(request(operations={**OPERATION, "extensions": {"x": "y" * MIB}})), 413, "1 MiB is no file")


def test_a_request_that_does_not_say_how_long_it_is_is_refused(uploader: Uploader, unchanged: None) -> None:
    for length, status in ((" ", 411), ("-1", 411), ("many", 411), ("9" * 5_000, 413)):
        given = {"Authorization": f"Bearer {uploader.token}", "X-Requested-With": "tests"}
        extra: Any = {"CONTENT_LENGTH": length.strip()}
        response = Client().generic("POST", "/graphql/", request(), content_type=MULTIPART, headers=given, **extra)
        refused(response, status)


def test_base64_is_decoded_as_it_comes_in(uploader: Uploader, empty_folder: Path) -> None:
    blanks = b" " * 4 * MIB + b"Rmlyc3QgYWlkLg==" + b"\r\n" * MIB
    resume = uploader.resume(request(file(blanks, b"Content-Transfer-Encoding: base64")))
    assert resume.size == len(b"First aid.")


@pytest.mark.parametrize("value", ["cv.txt", 7, 7.5, True, {}, {"name": "cv.txt"}, [], ["x"]])
def test_what_is_no_file_is_no_upload(uploader: Uploader, unchanged: None, value: Any) -> None:
    operation = {"query": UPLOAD, "variables": {"input": {"resume": value}}}
    answer = uploader.send(json.dumps(operation).encode(), "application/json").json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "data" not in answer


@pytest.mark.parametrize("literal", ['"cv.txt"', "7", "7.5", "true", "{}", '["x"]', "CV", '"""cv"""'])
def test_a_file_cannot_be_written_into_the_document(uploader: Uploader, unchanged: None, literal: str) -> None:
    document = f"mutation {{ uploadResume(input: {{resume: {literal}}}) {{ __typename }} }}"
    answer = uploader.send(json.dumps({"query": document}).encode(), "application/json").json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "data" not in answer


def test_a_default_in_the_document_is_no_file_either(uploader: Uploader, unchanged: None) -> None:
    document = (
        'mutation ($file: Upload! = "cv.txt") { uploadResume(input: {resume: $file}) { __typename } }',
        'mutation ($input: UploadResumeInput! = {resume: "x"}) { uploadResume(input: $input) { __typename } }',
    )
    for query in document:
        answer = uploader.send(json.dumps({"query": query}).encode(), "application/json").json()
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("kind", "field_of"),
    [
        ("ID", "node(id: $x) { id }"),
        ("String", "skills(filters: {search: $x}) { totalCount }"),
        ("Int", "skills(first: $x) { totalCount }"),
        ("Boolean", "__typename @skip(if: $x)"),
        ("SkillFilter", "skills(filters: $x) { totalCount }"),
        ("DateTime", "__typename"),
        ("UUID", "__typename"),
        ("ApplicationStatus", "__typename"),
        ("[ID!]", "__typename"),
        ("Float", "__typename"),
    ],
)
def test_a_file_is_no_value_of_another_type(uploader: Uploader, unchanged: None, kind: str, field_of: str) -> None:
    needed = "!" if kind in {"ID", "Boolean"} else ""
    use = field_of if "$x" in field_of else f"{field_of} ...on Query {{ __typename }}"
    operations = {"query": f"query ($x: {kind}{needed}) {{ {use} }}", "variables": {"x": None}}
    answer = uploader.send(request(operations=operations, map={"0": ["variables.x"]})).json()
    assert answer["errors"][0]["extensions"]["code"] in {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}, answer
    assert "cv.txt" not in json.dumps(answer)


def test_a_query_may_bring_a_file_that_nobody_asked_for(uploader: Uploader, unchanged: None) -> None:
    operations = {"query": "{ __typename }", "variables": {"x": None}}
    response = uploader.send(request(operations=operations, map={"0": ["variables.x"]}))
    assert response.json()["data"] == {"__typename": "Query"}


def test_a_bad_token_with_a_file_is_an_error_and_no_stranger(uploader: Uploader, unchanged: None) -> None:
    for token in ("Bearer stale", "Basic eDp5", f"Bearer {uploader.token}x"):
        answer = uploader.send(request(), Authorization=token).json()
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert "data" not in answer


def test_a_stranger_hands_in_nothing(uploader: Uploader, unchanged: None) -> None:
    answer = uploader.send(request(), Authorization="").json()
    assert answer["data"]["uploadResume"]["messages"][0]["code"] == "UNAUTHENTICATED"


def test_nothing_is_uploaded_by_get(uploader: Uploader, unchanged: None) -> None:
    headers = {"Authorization": f"Bearer {uploader.token}", "X-Requested-With": "tests"}
    asked = "/graphql/?query=mutation{uploadResume(input:{resume:null}){__typename}}"
    for address, status in (("/graphql/", 400), (asked, 405)):
        response = Client().generic("GET", address, request(), content_type=MULTIPART, headers=headers)
        refused(response, status)
    for method in ("PUT", "PATCH", "DELETE"):
        refused(Client().generic(method, "/graphql/", request(), content_type=MULTIPART, headers=headers), 405)


def test_a_subscription_with_a_file_is_told_where_to_go(uploader: Uploader, unchanged: None) -> None:
    operations = {
        "query": 'subscription { conversationEvents(conversationId: "x") { __typename } }',
        "variables": {"x": None},
    }
    answer = uploader.send(request(operations=operations, map={"0": ["variables.x"]})).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_an_answer_to_an_upload_tells_nothing_of_this_machine(uploader: Uploader) -> None:
    seen = b"".join(uploader.send(content).content for content in MALFORMED.values())
    for word in (b"Traceback", b"/tmp", b"site-packages", b"django", str(django_settings.BASE_DIR).encode()):
        assert word not in seen


def test_a_page_on_another_origin_may_send_either_header(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]
    asked = "apollo-require-preflight,authorization,content-type,x-requested-with"
    headers = {
        "Origin": "https://app.example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": asked,
    }
    allowed = Client().options("/graphql/", headers=headers)["Access-Control-Allow-Headers"].split(", ")
    assert set(asked.split(",")) <= set(allowed)


@pytest.mark.parametrize("accept", ["text/html; q*=nonsense''x", "application/json; q=x", ";;;", "*/*; =", "\x80"])
def test_an_accept_that_cannot_be_read_asks_for_nothing(accept: str) -> None:
    response = Client().get("/graphql/", {"query": "{ __typename }"}, headers={"Accept": accept})
    assert response.json()["data"] == {"__typename": "Query"}


def test_the_parts_made_here_are_what_a_client_would_send(uploader: Uploader) -> None:
    """The control of this file: with nothing wrong, the hand-made request is taken."""
    files = [file(field=str(number)) for number in range(5)]
    variables = {"input": {"resume": None}, "list": [None] * 4}
    places = {"0": PLACE, **{str(number + 1): [f"variables.list.{number}"] for number in range(4)}}
    content = request(*files, operations={"query": multipart.UPLOAD, "variables": variables}, map=places)
    assert uploader.resume(content).original_name == "cv.txt"
