"""Logging in with another provider's account over the API, and what a user sees of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from domains.accounts.models import User
from tests.api import Api, codes, gid
from tests.factories import UserFactory
from tests.provider_stand_in import StandIn, id_token, stood_in
from tests.sql import statements_of

PROBLEMS = "... on OperationInfo { messages { kind code field message retryAfter } }"
SESSION = "__typename ... on AuthSession { accessToken user { email linkedProviders } }"
CHALLENGE = "... on MfaChallenge { challengeToken methods }"
LOG_IN = f"""mutation L($input: LogInWithProviderInput!) {{
  logInWithProvider(input: $input) {{ {SESSION} {CHALLENGE} {PROBLEMS} }} }}"""
LOG_IN_WITH_CODE = f"""mutation C($input: LogInWithCodeInput!) {{
  logInWithCode(input: $input) {{ {SESSION} {CHALLENGE} {PROBLEMS} }} }}"""
LINK = f"""mutation L($input: LogInWithProviderInput!) {{
  linkProvider(input: $input) {{ __typename ... on User {{ linkedProviders }} {PROBLEMS} }} }}"""
UNLINK = f"""mutation U($input: UnlinkProviderInput!) {{
  unlinkProvider(input: $input) {{ __typename ... on User {{ linkedProviders }} {PROBLEMS} }} }}"""
PROVIDERS = "{ logInProviders }"


@pytest.fixture(autouse=True)
def providers(settings: Any) -> Iterator[StandIn]:
    with stood_in(settings) as stand_in:
        yield stand_in


def test_a_user_logs_in_and_stays_known(api: Api) -> None:
    opened = api.act(LOG_IN, provider="GOOGLE", idToken=id_token(), deviceName="Phone")
    assert opened["user"] == {"email": "ada@example.org", "linkedProviders": ["GOOGLE"]}
    again = api.act(LOG_IN, provider="GOOGLE", idToken=id_token(email="other@example.org"))
    assert again["user"]["email"] == "ada@example.org"


def test_a_stale_token_does_not_stand_in_the_way(api: Api) -> None:
    api._token = "stale"
    assert api.act(LOG_IN, provider="GOOGLE", idToken=id_token())["__typename"] == "AuthSession"
    assert codes(api.act(LOG_IN_WITH_CODE, code="unknown")) == ["EXPIRED"]


def test_refusals_are_coded(api: Api, providers: StandIn) -> None:
    assert codes(api.act(LOG_IN, provider="GOOGLE", idToken=id_token(aud="another"))) == ["BAD_CREDENTIALS"]
    refused = api.act(LOG_IN, provider="GOOGLE", code="x", redirectUri="https://evil.example")["messages"]
    assert [(one["code"], one["field"]) for one in refused] == [("INVALID", "redirectUri")]
    assert codes(api.act(LOG_IN, provider="GOOGLE")) == ["REQUIRED"]
    providers.trouble = "down"
    assert codes(api.act(LOG_IN, provider="APPLE", idToken=id_token("APPLE"))) == ["PROVIDER_UNAVAILABLE"]
    assert not User.objects.exists()


def test_linking_and_unlinking(api_as: Callable[[User], Api]) -> None:
    api = api_as(UserFactory())
    assert api.act(LINK, provider="LINKEDIN", idToken=id_token("LINKEDIN"))["linkedProviders"] == ["LINKEDIN"]
    assert api.act(LINK, provider="APPLE", idToken=id_token("APPLE"))["linkedProviders"] == ["APPLE", "LINKEDIN"]
    assert api.act(UNLINK, provider="LINKEDIN")["linkedProviders"] == ["APPLE"]


def test_only_the_owner_and_staff_see_what_is_linked(api: Api, api_as: Callable[[User], Api]) -> None:
    ada = UserFactory()
    api_as(ada).act(LINK, provider="GOOGLE", idToken=id_token())
    question = "query ($id: ID!) { node(id: $id) { ... on User { linkedProviders } } }"
    seen = [one.ask(question, id=gid(ada))["node"]["linkedProviders"] for one in
            (api_as(ada), api_as(UserFactory(overseer=True)), api_as(UserFactory()), api)]  # fmt: skip
    assert seen == [["GOOGLE"], ["GOOGLE"], [], []]


def test_frontends_learn_which_buttons_to_show(api: Api, settings: Any) -> None:
    assert api.ask(PROVIDERS)["logInProviders"] == ["GOOGLE", "FACEBOOK", "APPLE", "LINKEDIN"]
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert api.ask(PROVIDERS)["logInProviders"] == []
    assert statements_of(lambda: api.ask(PROVIDERS)) == []
