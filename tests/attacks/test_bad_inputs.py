"""Bad requests by kind, in one table: each is refused by a code, in JSON, and changes nothing.

What needs a socket, a file or a real server stands with those: `test_socket_frames.py`, `test_uploads.py`,
`test_large_bodies.py`, `test_hostile_input.py`.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from tests.api import Api, gid
from tests.factories import OpportunityFactory
from tests.fuzz.values import ENDLESS_DIGITS
from tests.sql import rows_of

JSON = "application/json"
CHANGED = ("accounts", "opportunities", "messaging", "skills", "notifications", "moderation")


@dataclass(frozen=True)
class Bad:
    """A request, and how it must be answered."""

    body: bytes
    codes: frozenset[str]
    statuses: frozenset[int] = frozenset({200, 400})
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


def bad(query: str, *codes: str, variables: str = "{}") -> Bad:
    body = f'{{"query": {json.dumps(query)}, "variables": {variables}}}'
    return Bad(body.encode("utf-8", "surrogatepass"), frozenset(codes))


def body(content: bytes, *statuses: int, content_type: str = JSON, **headers: str) -> Bad:
    return Bad(content, frozenset({"BAD_USER_INPUT"}), frozenset(statuses), content_type, headers)


def chain(levels: int) -> str:
    """Return fragments each of which spreads the next one twice."""
    links = (f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(levels))
    return f"{{ ...f0 }} {' '.join(links)} fragment f{levels} on Query {{ __typename }}"


def nested(levels: int) -> str:
    """Return the opportunities of the hosts of the opportunities of the hosts ..."""
    return "{ " + "opportunities { edges { node { host { " * levels + "id" + " } } } }" * levels + " }"


SIZES = "query ($n: Int, $m: Int) { opportunities(first: $n, last: $m) { totalCount } }"
PAGE = "{ opportunities(first: N) { totalCount } }"
NUMBERS = ("101", "-1", "0", "2147483648", '"5"', "1.5", "true", "1e400", ENDLESS_DIGITS)
SIGN_UP = """mutation ($i: SignUpInput!) { signUp(input: $i) {
  ... on OperationInfo { messages { code field } } ... on SignUpReceipt { email } } }"""
VALID = {"email": "somebody@example.org", "password": "correct horse battery staple", "displayName": "Somebody"}
LONG = ("LIMIT_EXCEEDED",)
INPUT = ("BAD_USER_INPUT",)
INVALID = ("GRAPHQL_VALIDATION_FAILED",)


def sign_up(*codes: str, **given: Any) -> Bad:
    return bad(SIGN_UP, *codes, variables=json.dumps({"i": {**VALID, **given}}))


TABLE = {
    # Bodies that are no request.
    **{f"1 body {text}": body(text.encode(), 400) for text in ("null", "1", '"x"', "true", "{")},
    "2 byte 0xFF": body(b'{"query": "\xff"}', 400),
    "3 a hundred thousand brackets": Bad(b"[" * 100_000, frozenset(LONG), frozenset({400})),
    "4 a key twice": body(b'{"query": "{ __typename }", "query": "{ me { id } }"}', 400),
    "8 ten operations": body(json.dumps([{"query": "{ __typename }"}] * 10).encode(), 400),
    "8 variables that are a list": body(b'{"query": "{ __typename }", "variables": [1]}', 400),
    "47 compressed": body(gzip.compress(b'{"query": "{ __typename }"}'), 400, 415, CONTENT_ENCODING="gzip"),
    **{
        f"44 {kind}": body(b"query=%7B__typename%7D", 400, 415, content_type=kind)
        for kind in ("text/plain", "application/x-www-form-urlencoded", "")
    },
    # Documents that ask for too much.
    **{f"10 fragments, {levels} levels": bad(chain(levels), *LONG) for levels in (12, 30, 200)},
    "11 a cycle": bad(
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }", "GRAPHQL_VALIDATION_FAILED"
    ),
    "11 a cycle of one": bad("{ ...a } fragment a on Query { ...a }", "GRAPHQL_VALIDATION_FAILED"),
    "13 1,001 tokens": bad("{" + " a" * 1_001 + "}", *LONG),
    "13 15,001 characters": bad("{ __typename } #" + "x" * 15_001, *LONG),
    "13 201 levels": bad("{ a" * 201 + "}" * 201, *LONG, "GRAPHQL_PARSE_FAILED"),
    "14 too deep": bad(nested(3), *LONG),
    "15 31 aliases": bad("{ " + " ".join(f"a{n}: __typename" for n in range(31)) + " }", *LONG),
    "15 101 aliases": bad("{ " + " ".join(f"a{n}: __typename" for n in range(101)) + " }", *LONG),
    "16 two guesses": bad(
        'mutation { a: logIn(input: {email: "a@example.org", password: "x"}) { __typename } '
        'b: logIn(input: {email: "a@example.org", password: "y"}) { __typename } }',
        *LONG,
    ),
    # Numbers and pages that are none.
    **{
        f"17 first: {n}": bad(SIZES, *INPUT, *LONG, variables=f'{{"n": {n}}}')
        for n in ("101", "-1", "0", "2147483648", '"5"', "1.5", "true", "[]", "1e400", ENDLESS_DIGITS)
    },
    **{
        f"17 literal {n}": bad(
            f"{{ opportunities(first: {n}) {{ totalCount }} }}", *INPUT, *LONG, "GRAPHQL_VALIDATION_FAILED"
        )
        for n in ("101", "-1", "0", "2147483648", '"5"', "1.5", "true", "1e400", ENDLESS_DIGITS)
    },
    "17 first and last": bad(SIZES, *INPUT, variables='{"n": 1, "m": 1}'),
    # Texts that nobody can read.
    "19 NUL": sign_up(*INPUT, displayName="a\x00b"),
    "19 half a character": sign_up(*INPUT, displayName="a\ud800b"),
    "19 nothing to see": sign_up("INVALID", "REQUIRED", displayName="\u200b\u2060\u202e"),
    "20 a cursor that is none": bad('{ opportunities(after: "%%%") { totalCount edges { cursor } } }', *INPUT),
    "20 a cursor of 10 kB": bad(f'{{ opportunities(after: "{"A" * 10_000}") {{ edges {{ cursor }} }} }}', *INPUT),
    # Accounts.
    "42 a second line": sign_up("INVALID", email="a@example.org\r\nBcc: b@example.org"),
    "42 300 characters": sign_up("INVALID", "TOO_LONG", email=f"{'a' * 300}@example.org"),
    "42 no domain": sign_up("INVALID", email="a@"),
    "43 a long password": sign_up("TOO_LONG", password="x" * 10_000),
    "43 a short password": sign_up("TOO_SHORT", password="short"),
    "49 what is not in the input": bad(SIGN_UP, *INPUT, variables=json.dumps({"i": {**VALID, "isStaff": True}})),
}


@pytest.mark.parametrize("name", TABLE)
def test_it_is_refused_by_its_code_and_changes_nothing(db: None, name: str) -> None:
    row = TABLE[name]
    before = rows_of(*CHANGED)
    client = Client(raise_request_exception=False)
    response = client.post("/graphql/", row.body, content_type=row.content_type, **row.headers)  # type: ignore[arg-type]
    answer = json.loads(response.content)
    found = {error["extensions"]["code"] for error in answer.get("errors") or []}
    for payload in (answer.get("data") or {}).values():
        found |= {message["code"] for message in (payload or {}).get("messages") or []}
    assert found, answer
    assert found <= row.codes, answer
    assert response.status_code in row.statuses
    assert rows_of(*CHANGED) == before


@pytest.mark.parametrize("key", ["", "garbage", "VXNlcjo=", "9" * 10_000, "T3Bwb3J0dW5pdHk6MSBPUiAxPTE="])
@pytest.mark.parametrize("field", ["node", "opportunity", "host", "conversation"])
def test_a_garbage_id_finds_nothing_and_breaks_nothing(api: Api, field: str, key: str) -> None:
    OpportunityFactory()
    answer = api.post(f"query ($id: ID!) {{ {field}(id: $id) {{ __typename }} }}", {"id": key})
    assert answer["data"] == {field: None}
    assert {error["extensions"]["code"] for error in answer.get("errors") or []} <= {
        "NOT_FOUND",
        "BAD_USER_INPUT",
        "UNAUTHENTICATED",
    }


def test_the_id_of_another_type_finds_nothing(api: Api) -> None:
    opportunity = OpportunityFactory()
    answer = api.post("query ($id: ID!) { host(id: $id) { id } }", {"id": gid(opportunity)})
    assert answer["data"] == {"host": None}
