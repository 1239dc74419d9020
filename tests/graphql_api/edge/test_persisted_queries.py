"""Automatic persisted queries: this server keeps none, and says so in the way after which clients send the document."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
OK = "{ __typename }"
HASH = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(OK.encode()).hexdigest()}}


def post(body: dict[str, Any], **headers: str) -> Any:
    return Client().post("/graphql/", body, content_type="application/json", headers=headers)


def not_supported(response: Any) -> None:
    assert response.status_code == 200
    (error,) = response.json()["errors"]
    assert error["message"] == "PersistedQueryNotSupported"
    assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_SUPPORTED"
    assert error["extensions"]["requestId"] == response["X-Request-Id"]
    assert "data" not in response.json()


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json", "*/*"])
@pytest.mark.parametrize("query", [{}, {"query": None}, {"query": ""}])
@pytest.mark.parametrize("persisted", [HASH, {"persistedQuery": {"version": 2}}, {"persistedQuery": None}])
def test_a_hash_alone_is_answered_that_none_is_kept(accept: str, query: Any, persisted: Any) -> None:
    not_supported(post({"extensions": persisted, **query}, Accept=accept))


@pytest.mark.parametrize("accept", ["application/json", "*/*"])
def test_so_it_is_by_get(accept: str) -> None:
    given = {"extensions": json.dumps(HASH), "operationName": "Page", "variables": "{}"}
    not_supported(Client().get("/graphql/", given, headers={"Accept": accept}))


@pytest.mark.parametrize("hash", [HASH, {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}])
def test_beside_a_document_the_hash_is_not_looked_at(hash: dict[str, Any]) -> None:
    assert post({"query": OK, "extensions": hash}).json()["data"] == {"__typename": "Query"}
    by_get = Client().get("/graphql/", {"query": OK, "extensions": json.dumps(hash)})
    assert by_get.json()["data"] == {"__typename": "Query"}
    not_supported(post({"extensions": hash}))


@pytest.mark.parametrize("extensions", ["{", "[]", "1", '"x"'])
def test_extensions_that_are_none_are_refused(extensions: str) -> None:
    response = Client().get("/graphql/", {"extensions": extensions})
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_USER_INPUT")


def test_neither_a_document_nor_a_hash_is_refused() -> None:
    assert post({"extensions": {"other": 1}}).status_code == 400
    assert Client().get("/graphql/", {"extensions": "{}"}).status_code == 400


def test_pages_of_other_origins_may_send_what_clients_and_tracers_send(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]
    names = {
        "apollo-require-preflight",
        "apollographql-client-name",
        "apollographql-client-version",
        "authorization",
        "baggage",
        "content-type",
        "sentry-trace",
        "traceparent",
        "tracestate",
        "x-requested-with",
    }
    asked = {
        "Origin": "https://app.example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ",".join(sorted(names)),
    }
    allowed = Client().options("/graphql/", headers=asked)["Access-Control-Allow-Headers"]
    assert names <= {name.strip() for name in allowed.split(",")}
