"""The edge of the API: whatever bytes a client sends, the answer is JSON with a code, and never a 500."""

from __future__ import annotations

import base64
import json
import logging

import psycopg.errors
import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.test import Client

from domains.accounts.models import User
from domains.base.logs import RequestId
from graphql_api.schema import schema
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
OK = "{ __typename }"


def post(body: bytes, content_type: str = "application/json", **headers: str):
    return Client().generic("POST", "/graphql/", body, content_type=content_type, headers=headers)


def refused(response, status: int, code: str = "BAD_USER_INPUT") -> dict:
    assert response.status_code == status, response.content
    assert response["Content-Type"].startswith("application/")
    error: dict = response.json()["errors"][0]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["requestId"] == response["X-Request-Id"]
    return error


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"1",
        b'"x"',
        b"true",
        b"[]",
        b"[1]",
        b'{"query":"{a}"}' * 2,
        b" ",
        b"{",
        b"\xff\xfe",
        b'{"query": "\xff"}',
        b'{"query": "{ __typename }", "query": "{ me { email } }"}',
        b'{"query": NaN}',
        b'{"query": 5}',
        b'{"query": ["{ __typename }"]}',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "operationName": 7}',
        b'{"query": "{ __typename }", "extensions": "x"}',
        b'{"variables": {}}',
        json.dumps([{"query": OK}] * 10).encode(),
        json.dumps({"query": OK, "operationName": "Missing"}).encode(),
        json.dumps({"query": OK, "operationName": "\ud800"}).encode(),
        json.dumps({"query": OK, "variables": {"\ud800": 1}}).encode(),
        json.dumps({"query": OK, "variables": {"a": [{"b\ud800": 1}]}}).encode(),
    ],
)
def test_a_malformed_request_is_refused(body: bytes) -> None:
    refused(post(body), 400)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, json.dumps({"query": "#" * 15_001}).encode()])
def test_a_request_over_a_limit_is_refused_unread(body: bytes) -> None:
    refused(post(body), 400, "LIMIT_EXCEEDED")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application/graphql"],
)
def test_types_that_a_foreign_page_may_send_are_refused(content_type: str) -> None:
    body = json.dumps({"query": "mutation { logOut(input: {everywhere: true}) { __typename } }"}).encode()
    refused(post(body, content_type), 415)


def test_a_body_past_one_mebibyte_is_refused() -> None:
    refused(post(json.dumps({"query": OK, "variables": {"x": "y" * 1024 * 1024}}).encode()), 413)


def test_a_query_may_come_by_get_and_a_mutation_may_not() -> None:
    client = Client()
    assert client.get("/graphql/", {"query": OK}).json()["data"] == {"__typename": "Query"}
    mutation = 'mutation { devLogIn(input: {email: "a@b.example"}) { __typename } }'
    refused(client.get("/graphql/", {"query": mutation}), 405)


def test_other_methods_are_refused() -> None:
    refused(Client().put("/graphql/", b"{}", content_type="application/json"), 405)


def test_a_session_cookie_is_nobody_to_the_api() -> None:
    client = Client()
    client.force_login(UserFactory(overseer=True))
    answer = client.post("/graphql/", {"query": "{ me { email } }"}, content_type="application/json").json()
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("query A { __typename } query B { __typename }", "BAD_USER_INPUT"),
        ("{ nothingOfThatName }", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($x: Int!) { __typename @skip(if: $x) }", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($x: Boolean!) { __typename @skip(if: $x) }", "BAD_USER_INPUT"),
        ("query { ...F } fragment F on Query { ...F }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_errors_before_execution_have_codes_and_the_status_their_media_type_wants(document: str, code: str) -> None:
    body = json.dumps({"query": document}).encode()
    old, new = post(body), post(body, Accept="application/graphql-response+json")
    assert (old.status_code, new.status_code) == (200, 400)
    assert new["Content-Type"].startswith("application/graphql-response+json")
    for answer in (old.json(), new.json()):
        assert answer["errors"][0]["extensions"]["code"] == code
        assert "data" not in answer


def test_a_misspelt_field_gets_no_hint_of_others() -> None:
    answer = post(json.dumps({"query": "{ mee { email } }"}).encode()).json()
    assert "Did you mean" not in json.dumps(answer)


def test_at_most_five_errors_are_reported() -> None:
    document = "{ " + " ".join(f"x{n}" for n in range(20)) + " }"
    assert len(post(json.dumps({"query": document}).encode()).json()["errors"]) == 5


@pytest.mark.parametrize(("value", "field"), [("a\x00b", "input.displayName"), ("a\ud800b", "input.displayName")])
def test_text_that_no_database_can_store_is_refused_by_name(value: str, field: str) -> None:
    document = "mutation S($input: SignUpInput!) { signUp(input: $input) { __typename } }"
    input = {"email": "a@b.example", "password": "x" * 20, "displayName": value}
    answer = post(json.dumps({"query": document, "variables": {"input": input}}).encode()).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert field in answer["errors"][0]["message"]
    assert not User.objects.exists()


def test_half_a_character_in_a_document_is_a_syntax_error_that_can_be_told() -> None:
    answer = post(json.dumps({"query": "{ \ud800 }"}).encode()).json()
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"


@pytest.mark.parametrize("offset", ["+23:59", "-16:00", "%2b15:59"])
def test_times_may_have_any_offset(offset: str) -> None:
    document = "query ($at: DateTime!) { opportunities(filters: {startsAfter: $at}) { totalCount } }"
    variables = {"at": f"2026-11-20T10:00:00{offset.replace('%2b', '+')}"}
    assert "errors" not in post(json.dumps({"query": document, "variables": variables}).encode()).json()


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "yesterday", 7])
def test_a_time_that_is_none_is_bad_input(time: object) -> None:
    document = "query ($at: DateTime!) { opportunities(filters: {startsAfter: $at}) { totalCount } }"
    answer = post(json.dumps({"query": document, "variables": {"at": time}}).encode()).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_cursor_with_another_offset_is_none() -> None:
    cursor = base64.b64encode(b'orderedcursor:["2026-01-01T00:00:00+23:59","12"]').decode()
    document = "query ($after: String!) { opportunities(after: $after) { edges { cursor } } }"
    answer = post(json.dumps({"query": document, "variables": {"after": cursor}}).encode()).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/attachments/eyJ.secret", "/attachments/…"),
        ("/pictures/a-secret:1:b", "/pictures/…"),
        ("/exports/secret", "/exports/…"),
        ("/uploads/secret", "/uploads/…"),
        ("/notifications/unsubscribe/secret", "/notifications/unsubscribe/…"),
        ("/tickets/a.b.secret:1:c", "/tickets/…"),
        ("/tickets/secret/qr.png?x=1", "/tickets/…/qr.png?x=1"),
        ("/calendar/feeds/secret.ics", "/calendar/feeds/…"),
        ("/calendar/events/7.ics", "/calendar/events/7.ics"),
    ],
)
def test_keys_in_paths_are_not_logged(path: str, logged: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s", ("Not Found", path), None)
    RequestId().filter(record)
    assert record.getMessage() == f"Not Found: {logged}"


def test_a_fault_of_the_server_is_logged_and_its_details_are_not_sent(monkeypatch, caplog) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("SELECT secret FROM users")

    monkeypatch.setattr("domains.accounts.services.dev_log_in", broken)
    body = json.dumps({"query": 'mutation { devLogIn(input: {email: "a@b.example"}) { __typename } }'}).encode()
    answer = post(body).json()
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "secret" not in json.dumps(answer)
    assert answer["errors"][0]["extensions"]["requestId"] in caplog.text
    assert "SELECT secret" in caplog.text


def test_another_origin_may_call_only_if_it_is_listed(settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]
    body = json.dumps({"query": OK}).encode()
    assert post(body, Origin="https://app.example.org")["Access-Control-Allow-Origin"] == "https://app.example.org"
    assert "Access-Control-Allow-Origin" not in post(body, Origin="https://evil.example")


def test_the_printed_schema_is_served() -> None:
    assert Client().get("/schema.graphql").content.decode() == schema.as_str()


def test_the_id_of_every_error_is_in_the_log(caplog) -> None:
    caplog.set_level("INFO")
    for body in (b'{"query": "{ me { email } }"}', b"null"):
        answer = post(body).json()
        assert answer["errors"][0]["extensions"]["requestId"] in caplog.text


@pytest.mark.parametrize("fault", [User.DoesNotExist("User matching query does not exist."), PermissionDenied("no")])
def test_an_exception_that_a_service_lets_escape_is_a_fault_and_tells_nothing(monkeypatch, fault: Exception) -> None:
    def broken(**_: object) -> None:
        raise fault

    monkeypatch.setattr("domains.accounts.services.dev_log_in", broken)
    answer = post(b'{"query": "mutation { devLogIn(input: {email: \\"a@b.example\\"}) { __typename } }"}').json()
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert str(fault) not in json.dumps(answer)


STALE = {"Authorization": "Bearer stale"}


def test_a_stale_token_does_not_stand_in_the_way_of_a_new_session(settings) -> None:
    settings.DEBUG = True
    user = UserFactory()
    mutation = (
        f'mutation {{ devLogIn(input: {{email: "{user.email}"}}) {{ ... on AuthSession {{ user {{ email }} }} }} }}'
    )
    answer = post(json.dumps({"query": mutation}).encode(), **STALE).json()
    assert answer["data"] == {"devLogIn": {"user": {"email": user.email}}}


@pytest.mark.parametrize(
    "document",
    [
        "{ __typename }",
        "{ opportunities { totalCount } }",
        "mutation { logOut(input: {everywhere: true}) { __typename } }",
        "mutation { ...F } fragment F on Mutation { logOut(input: {everywhere: true}) { __typename } }",
        'query A { __typename } mutation B { devLogIn(input: {email: "a@b.example"}) { __typename } }',
    ],
)
def test_a_stale_token_is_an_error_and_no_stranger(document: str) -> None:
    body = {"query": document, "operationName": "B" if "query A" in document else None}
    answer = post(json.dumps(body).encode(), **STALE).json()
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "data" not in answer


def test_under_development_any_port_of_this_machine_may_call(settings) -> None:
    settings.CORS_ALLOWED_ORIGIN_REGEXES = [r"^http://(localhost|127\.0\.0\.1)(:\d+)?$"]
    body = json.dumps({"query": OK}).encode()
    assert post(body, Origin="http://localhost:5173")["Access-Control-Allow-Origin"] == "http://localhost:5173"
    assert "Access-Control-Allow-Origin" not in post(body, Origin="http://localhost.evil.example")


def test_a_subscription_by_http_is_told_where_to_go() -> None:
    document = 'subscription { conversationEvents(conversationId: "x") { __typename } }'
    answer = post(json.dumps({"query": document}).encode()).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "socket" in answer["errors"][0]["message"]


@pytest.mark.parametrize("inside", ['["\\u0000","1"]', '["\\ud800","1"]', "[" * 5_000, "[" * 500, "{}", "[1]"])
def test_a_cursor_of_ones_own_making_is_refused(inside: str) -> None:
    cursor = base64.b64encode(f"orderedcursor:{inside}".encode()).decode()
    document = f'{{ opportunities(ordering: [{{title: ASC}}], after: "{cursor}") {{ edges {{ cursor }} }} }}'
    answer = post(json.dumps({"query": document}).encode()).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_broken_database_is_answered_in_json(monkeypatch) -> None:
    def broken(**_: object) -> None:
        raise OperationalError("the connection is gone")

    monkeypatch.setattr("domains.accounts.selectors.get_session", broken)
    response = post(json.dumps({"query": OK}).encode(), Authorization="Bearer x")
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (503, "INTERNAL")
    assert "connection" not in response.content.decode()


def test_a_lock_that_is_not_to_be_had_is_a_conflict(monkeypatch) -> None:
    def busy(**_: object) -> None:
        raise OperationalError from psycopg.errors.LockNotAvailable()

    monkeypatch.setattr("domains.accounts.services.dev_log_in", busy)
    document = 'mutation { devLogIn(input: {email: "a@b.example"}) { ... on OperationInfo { messages { code } } } }'
    answer = post(json.dumps({"query": document}).encode()).json()
    assert answer["data"] == {"devLogIn": {"messages": [{"code": "CONFLICT"}]}}


def test_misspelt_names_of_any_kind_get_no_hint() -> None:
    for document in (
        "{ opportunities(filters: {statu: OPEN}) { totalCount } }",
        "{ node(id: 1) { ... on Opportunit { id } } }",
    ):
        assert "Did you mean" not in json.dumps(post(json.dumps({"query": document}).encode()).json())


def test_guesses_at_the_admin_are_counted_with_those_of_the_api() -> None:
    staff = UserFactory(overseer=True)
    staff.set_password("the right password")
    staff.save()
    client = Client()
    for _ in range(5):
        client.post("/admin/login/", {"username": staff.email, "password": "wrong"})
    page = client.post("/admin/login/", {"username": staff.email, "password": "the right password"})
    assert "Too many tries" in page.content.decode()
