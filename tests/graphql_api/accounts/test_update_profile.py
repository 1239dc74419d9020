"""The profile, as its owner changes it and as others see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domains.accounts.models import User
from tests.api import Api, codes, gid
from tests.factories import ApplicationFactory, UserFactory, owner_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db
ApiAs = Callable[[User | None], Api]

UPDATE = """mutation UpdateProfile($input: UpdateProfileInput!) {
  updateProfile(input: $input) { __typename
    ... on User { id displayName userType zipCode profile { bio linkedinUrl websiteUrl languages birthYear } }
    ... on OperationInfo { messages { kind code field message } } } }"""
YEAR_OF = "query($id: ID!) { node(id: $id) { ... on User { id profile { bio birthYear } } } }"
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


def test_by_viewer(api: Api, api_as: ApiAs) -> None:
    ann = UserFactory(profile__birth_year=None)
    api.post("{ __typename }")  # begins the session
    before = rows_of("accounts")
    assert codes(api.act(UPDATE, **GIVEN)) == ["UNAUTHENTICATED"]
    assert rows_of("accounts") == before
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


@pytest.mark.parametrize("kind", ["stranger", "somebody", "host", "staff", "superuser", "oneself"])
def test_only_oneself_sees_ones_year_of_birth(api: Api, api_as: ApiAs, kind: str) -> None:
    application = ApplicationFactory()
    ann = application.volunteer
    viewers: dict[str, Callable[[], User | None]] = {
        "stranger": lambda: None,
        "somebody": UserFactory,
        "host": lambda: owner_of(application.role.opportunity.host),
        "staff": lambda: UserFactory(overseer=True),
        "superuser": lambda: UserFactory(superuser=True),
        "oneself": lambda: ann,
    }
    viewer = viewers[kind]()
    profile = (api_as(viewer) if viewer else api).ask(YEAR_OF, id=gid(ann))["node"]["profile"]
    assert profile == {"bio": ann.profile.bio, "birthYear": 1990 if kind == "oneself" else None}
