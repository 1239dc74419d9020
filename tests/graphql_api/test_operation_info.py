"""A refusal on the wire: one kind, one code as text and as an enum, the field, a sentence, and how long to wait."""

from __future__ import annotations

import pytest

from domains.accounts.models import User
from tests.api import Api
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_window")]

MESSAGES = "... on OperationInfo { messages { kind code errorCode field message retryAfter } }"
LOG_IN = f"mutation LogIn($input: LogInInput!) {{ logIn(input: $input) {{ __typename {MESSAGES} }} }}"
UPDATE = f"mutation U($input: UpdateProfileInput!) {{ updateProfile(input: $input) {{ __typename {MESSAGES} }} }}"


@pytest.fixture
def ann(db: None) -> User:
    return UserFactory(email="ann@people.example")


def test_a_rate_limit_says_how_many_seconds_to_wait(api: Api, ann: User) -> None:
    for _ in range(5):
        (wrong,) = api.act(LOG_IN, email=ann.email, password="not the password")["messages"]
        assert (wrong["code"], wrong["errorCode"], wrong["retryAfter"]) == ("BAD_CREDENTIALS", "BAD_CREDENTIALS", None)
    (limited,) = api.act(LOG_IN, email=ann.email, password="not the password")["messages"]
    assert (limited["kind"], limited["code"], limited["errorCode"]) == ("VALIDATION", "RATE_LIMITED", "RATE_LIMITED")
    assert 1 <= limited["retryAfter"] <= 300
    assert str(limited["retryAfter"]) in limited["message"]


def test_all_that_is_wrong_is_said_at_once_each_with_its_field(api_as, ann: User) -> None:
    answer = api_as(ann).act(UPDATE, displayName="x" * 81, zipCode="x")
    told = {(one["errorCode"], one["code"], one["field"], one["retryAfter"]) for one in answer["messages"]}
    assert told == {("TOO_LONG", "TOO_LONG", "displayName", None), ("INVALID", "INVALID", "zipCode", None)}
