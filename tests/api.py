"""Asking the API over HTTP, as a test writes it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.core.files import File
from django.test import Client

from domains.accounts import tokens
from domains.accounts.models import Session, User
from graphql_api.relay.ids import global_id


@dataclass
class Api:
    """The API as one viewer sees it; None is a stranger."""

    client: Client
    viewer: User | None = None
    _token: str | None = None

    def post(self, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the whole answer: `data`, `errors`. Files among the variables go by a multipart request."""
        operation = {"query": document, "variables": variables or {}}
        files: dict[str, File] = {}
        operation["variables"] = _without_files(operation["variables"], "variables", files)
        if files:
            parts = {str(number): file for number, file in enumerate(files.values())}
            places = {str(number): [path] for number, path in enumerate(files)}
            response = self.client.post(
                "/graphql/",
                {"operations": json.dumps(operation), "map": json.dumps(places), **parts},
                headers={**self._headers(), "X-Requested-With": "tests"},
            )
        else:
            response = self.client.post(
                "/graphql/", operation, content_type="application/json", headers=self._headers()
            )
        answer: dict[str, Any] = response.json()
        return answer

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """Return the `data` of a query that must succeed."""
        answer = self.post(document, variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    def act(self, document: str, **input: Any) -> dict[str, Any]:
        """Send a mutation with one field and the given input; return that field's payload."""
        answer = self.post(document, {"input": input})
        ((name, payload),) = answer["data"].items()
        # A missing login is said twice: in the data, and beside it in the errors.
        needs_login = any(one.get("code") == "UNAUTHENTICATED" for one in payload.get("messages", ()))
        beside = [(error["extensions"]["code"], error["path"]) for error in answer.get("errors", ())]
        assert beside == [("UNAUTHENTICATED", [name])] * needs_login, answer
        result: dict[str, Any] = payload
        return result

    def error_code(self, document: str, **variables: Any) -> str:
        """Return the code of the first error of an operation that must fail."""
        answer = self.post(document, variables)
        code: str = answer["errors"][0]["extensions"]["code"]
        return code

    def _headers(self) -> dict[str, str]:
        if self._token is None:
            if self.viewer is None:
                return {}
            session = Session.objects.create(user=self.viewer)
            self._token = tokens.issue_tokens(session).access_token
        return {"Authorization": f"Bearer {self._token}"}


def _without_files(value: Any, path: str, files: dict[str, File]) -> Any:
    """Return the value with null in the place of each file; the files by their paths."""
    if isinstance(value, File):
        files[path] = value
        return None
    if isinstance(value, dict):
        return {name: _without_files(inner, f"{path}.{name}", files) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without_files(inner, f"{path}.{number}", files) for number, inner in enumerate(value)]
    return value


def gid(row: Any, type_name: str | None = None) -> str:
    """Return the opaque id by which the API knows a row."""
    return global_id(type_name or type(row).__name__, row.pk)


def codes(payload: dict[str, Any]) -> list[str]:
    """Return the codes of a refused mutation."""
    assert payload["__typename"] == "OperationInfo", payload
    return [message["code"] for message in payload["messages"]]
