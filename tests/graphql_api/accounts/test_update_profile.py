"""The profile, as its owner changes it. Who reads what of it: tests/house/permissions.toml."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domains.accounts.models import User
from tests.api import Api, codes, gid
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ApiAs = Callable[[User | None], Api]

UPDATE = """mutation UpdateProfile($input: UpdateProfileInput!) {
  updateProfile(input: $input) { __typename
    ... on User { id displayName userType zipCode profile { bio linkedinUrl websiteUrl languages birthYear } }
    ... on OperationInfo { messages { kind code field message } } } }"""
GIVEN = {
    "displayName": "Ann Rivera",
    "userType": "BOTH",
    "zipCode": "10001",
    "bio": "I dig.",
    "linkedinUrl": "https://www.linkedin.com/in/ann",
    "websiteUrl": "https://ann.example.org/garden",
    "languages": ["en", "pt-BR"],
    "birthYear": 1990,
}


def test_what_is_given_is_kept_and_null_changes_nothing(api_as: ApiAs) -> None:
    ann = UserFactory(profile__birth_year=None)
    answer = api_as(ann).act(UPDATE, **GIVEN)
    private = {name: GIVEN[name] for name in ("bio", "linkedinUrl", "websiteUrl", "languages", "birthYear")}
    public = {name: GIVEN[name] for name in ("displayName", "userType", "zipCode")}
    assert answer == {"__typename": "User", "id": gid(ann), **public, "profile": private}
    assert api_as(ann).act(UPDATE, bio=None, displayName=None, birthYear=None) == answer


def test_refusals_name_the_fields_of_the_input(api_as: ApiAs) -> None:
    ann = UserFactory(profile__birth_year=None)
    refused = api_as(ann).act(UPDATE, linkedinUrl="https://x.example", birthYear=2_000_000_000, zipCode="1")
    assert {message["field"] for message in refused["messages"]} == {"linkedinUrl", "birthYear", "zipCode"}
    assert set(codes(refused)) == {"INVALID"}
