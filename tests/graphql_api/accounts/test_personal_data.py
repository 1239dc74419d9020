"""`deleteAccount` and `requestDataExport`, as a frontend sends them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from domains.accounts.models import DataExport, Erasure, User
from graphql_api.relay.ids import global_id
from tests.api import Api
from tests.factories import PASSWORD, UserFactory
from tests.factories.accounts import DataExportFactory
from tests.sql import rows_of, statements_of

pytestmark = pytest.mark.django_db(transaction=True)
PROBLEMS = "... on OperationInfo { messages { code field message } }"
DELETE = f"""mutation ($input: DeleteAccountInput!) {{
  deleteAccount(input: $input) {{ __typename ... on DeleteAccountReceipt {{ erasedAt }} {PROBLEMS} }} }}"""
EXPORT = f"""mutation {{
  requestDataExport {{ __typename ... on DataExport {{ id status url createdAt expiresAt }} {PROBLEMS} }} }}"""
NODE = "query ($id: ID!) { node(id: $id) { id ... on DataExport { status url } ... on User { displayName } } }"


def export(api: Api) -> dict[str, Any]:
    answer: dict[str, Any] = api.post(EXPORT)["data"]["requestDataExport"]
    return answer


def test_an_account_is_deleted_with_its_password(api_as: Callable[[User], Api], api: Api) -> None:
    person = UserFactory()
    mine = api_as(person)
    assert mine.act(DELETE, password="wrong, this one")["messages"] == [
        {"code": "BAD_CREDENTIALS", "field": "password", "message": "This is not your password."}
    ]
    assert User.objects.filter(pk=person.pk, is_active=True).exists()
    answer = mine.act(DELETE, password=PASSWORD, keepServiceRecords=True)
    assert answer["__typename"] == "DeleteAccountReceipt"
    assert answer["erasedAt"]
    assert not User.objects.exists()
    after = mine.post("{ me { id } }")
    assert after["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert api.ask(NODE, id=global_id("User", person.pk)) == {"node": None}
    assert Erasure.objects.get().keeps_service_records


def test_strangers_delete_and_export_nothing(api: Api) -> None:
    before = rows_of("accounts")
    assert api.act(DELETE, password=PASSWORD)["messages"][0]["code"] == "UNAUTHENTICATED"
    assert export(api)["messages"][0]["code"] == "UNAUTHENTICATED"
    assert rows_of("accounts") == before


def test_an_export_is_asked_for_read_and_fetched(api_as: Callable[[User], Api], client: Client) -> None:
    mine = api_as(UserFactory())
    assert mine.ask("{ me { dataExport { id } } }") == {"me": {"dataExport": None}}
    asked = export(mine)
    ready = export(mine)
    assert (ready["id"], ready["status"]) == (asked["id"], "READY")
    assert ready["expiresAt"] > ready["createdAt"]
    read = mine.ask("{ me { dataExport { id status } } }")["me"]["dataExport"]
    assert read == {"id": ready["id"], "status": "READY"}
    url = mine.ask(NODE, id=ready["id"])["node"]["url"]
    answer = client.get(url.removeprefix("http://127.0.0.1:8000"))
    assert b"".join(answer.streaming_content).startswith(b"PK")  # type: ignore[attr-defined] # it streams


def test_nobody_else_sees_an_export(api: Api, api_as: Callable[[User], Api]) -> None:
    row = DataExportFactory(ready=True)
    for other in (api, api_as(UserFactory()), api_as(UserFactory(superuser=True))):
        assert other.ask(NODE, id=global_id("DataExport", row.pk)) == {"node": None}
        shown = other.ask(
            "query ($id: ID!) { node(id: $id) { ... on User { dataExport { id } } } }",
            id=global_id("User", row.user_id),
        )
        assert shown == {"node": {"dataExport": None}}


@pytest.mark.parametrize("status", ["PENDING", "FAILED", "EXPIRED"])
def test_only_a_ready_one_has_an_address(api_as: Callable[[User], Api], status: str) -> None:
    row = DataExportFactory(status=status)
    assert api_as(row.user).ask(NODE, id=global_id("DataExport", row.pk)) == {
        "node": {"id": global_id("DataExport", row.pk), "status": status, "url": None}
    }


def test_asking_costs_no_more_when_there_were_five(api_as: Callable[[User], Api]) -> None:
    person = UserFactory()
    DataExportFactory(user=person, status="EXPIRED")
    mine = api_as(person)
    mine.ask("{ me { id } }")
    one = len(statements_of(lambda: mine.ask("{ me { dataExport { status url } } }")))
    DataExportFactory.create_batch(4, user=person, status="EXPIRED")
    assert len(statements_of(lambda: mine.ask("{ me { dataExport { status url } } }"))) == one
    assert DataExport.objects.count() == 5
