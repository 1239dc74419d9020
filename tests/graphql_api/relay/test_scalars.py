"""What cannot be read says what is expected instead, by an example that can be read."""

from __future__ import annotations

import re
from typing import Any

import pytest

from graphql_api.relay.scalars import parse_time, parse_uuid
from tests.api import Api
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

TIME, UUID = "expected ISO 8601 with offset, such as 2026-12-01T10:00:00Z", "expected a UUID, such as "
OPPORTUNITIES = "query ($filters: OpportunityFilter) { opportunities(filters: $filters) { totalCount } }"
SEND = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }"


def message_of(answer: dict[str, Any]) -> str:
    (error,) = answer["errors"]
    assert error["extensions"]["code"] in {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}
    message: str = error["message"]
    return message


@pytest.mark.parametrize(
    "bad", ["tomorrow", "", "2026-13-01T10:00:00Z", "12/01/2026", "2026-12-01 at 10", 5, True, [], {}]
)
def test_a_bad_time_says_what_a_good_one_looks_like(api: Api, bad: Any) -> None:
    assert TIME in message_of(api.post(OPPORTUNITIES, {"filters": {"startsAfter": bad}}))


@pytest.mark.parametrize("written", ['"tomorrow"', "5", "true"])
def test_so_does_one_in_the_document(api: Api, written: str) -> None:
    assert TIME in message_of(api.post(f"{{ opportunities(filters: {{startsAfter: {written}}}) {{ totalCount }} }}"))


@pytest.mark.parametrize("bad", ["nonsense", "", 5, None, "5b6a1b1e-7a54-4a8e-9d38-0c6c7f4f5a1"])
def test_a_bad_uuid_says_what_a_good_one_looks_like(api_as: Any, bad: Any) -> None:
    message = message_of(api_as(UserFactory()).post(SEND, {"input": {"conversationId": "x", "clientId": bad}}))
    assert (UUID in message) is (bad is not None)


def test_the_examples_in_the_messages_are_good_ones() -> None:
    assert parse_time(re.findall(r"such as (\S+)", TIME)[0]).isoformat() == "2026-12-01T10:00:00+00:00"
    with pytest.raises(Exception, match="expected a UUID") as refusal:
        parse_uuid("x")
    (example,) = re.findall(r"such as ([\w-]+)", str(refusal.value))
    assert str(parse_uuid(example)) == example
