"""Passwords, addresses and sessions over the API: what a person who is signed in, or has forgotten how, can do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from domains.accounts import services
from domains.accounts.models import EmailChange, PasswordReset, Session, User
from tests.api import Api, codes
from tests.domains.accounts.mailed_keys import last_key
from tests.factories import PASSWORD, UserFactory

NEW = "seven quiet otters knitting"
PROBLEMS = "... on OperationInfo { messages { kind code field message retryAfter } }"
SESSION = "__typename ... on AuthSession { accessToken refreshToken user { email } }"
ASK = f"""mutation A($input: RequestPasswordResetInput!) {{
  requestPasswordReset(input: $input) {{ __typename ... on PasswordResetReceipt {{ email }} {PROBLEMS} }} }}"""
RESET = f"mutation R($input: ResetPasswordInput!) {{ resetPassword(input: $input) {{ {SESSION} {PROBLEMS} }} }}"
CHANGE = f"mutation C($input: ChangePasswordInput!) {{ changePassword(input: $input) {{ {SESSION} {PROBLEMS} }} }}"
VERIFY = f"mutation V($input: VerifyEmailInput!) {{ verifyEmail(input: $input) {{ {SESSION} {PROBLEMS} }} }}"
CHANGE_EMAIL = f"""mutation E($input: ChangeEmailInput!) {{
  changeEmail(input: $input) {{ __typename ... on SignUpReceipt {{ email }} {PROBLEMS} }} }}"""
END = f"""mutation E($input: EndSessionInput!) {{
  endSession(input: $input) {{ __typename ... on LogOutReceipt {{ sessionsEnded }} {PROBLEMS} }} }}"""
SESSIONS = "{ me { sessions { id deviceName lastUsedAt isCurrent } } }"


@pytest.fixture
def ada(transactional_db: None) -> User:
    return UserFactory(email="ada@example.org")


@pytest.mark.django_db(transaction=True)
def test_who_forgot_the_password_gets_back_in(api: Api, ada: User) -> None:
    assert api.act(ASK, email=" ADA@example.org") == {"__typename": "PasswordResetReceipt", "email": ada.email}
    session = api.act(RESET, key=last_key(ada.email), newPassword=NEW)
    assert session["user"] == {"email": ada.email}
    again = api.act(RESET, key=last_key(ada.email), newPassword=NEW)
    assert [(one["code"], one["field"]) for one in again["messages"]] == [("EXPIRED", "key")]


@pytest.mark.django_db(transaction=True)
def test_a_stale_token_does_not_stand_in_the_way(ada: User) -> None:
    api = Api(Client())
    opened = services.begin_session(user=ada)
    Session.objects.update(ended_at=opened.session.created_at)
    api._token = opened.tokens.access_token
    assert api.act(ASK, email=ada.email)["__typename"] == "PasswordResetReceipt"
    assert api.act(RESET, key=last_key(ada.email), newPassword=NEW)["__typename"] == "AuthSession"


@pytest.mark.django_db(transaction=True)
def test_known_and_unknown_addresses_get_the_same_answer(api: Api, ada: User) -> None:
    known, unknown = (api.act(ASK, email=email) for email in (ada.email, "eve@example.org"))
    assert {**known, "email": ""} == {**unknown, "email": ""}


@pytest.mark.django_db(transaction=True)
def test_a_changed_password_goes_on_with_new_tokens(api_as: Callable[[User], Api], ada: User) -> None:
    api = api_as(ada)
    changed = api.act(CHANGE, currentPassword=PASSWORD, newPassword=NEW)
    assert changed["user"] == {"email": ada.email}
    api._token = changed["accessToken"]
    assert [one["isCurrent"] for one in api.ask(SESSIONS)["me"]["sessions"]] == [True]


@pytest.mark.django_db(transaction=True)
def test_an_address_is_changed_with_the_key_that_the_new_one_gets(api_as: Callable[[User], Api], ada: User) -> None:
    api = api_as(ada)
    assert api.act(CHANGE_EMAIL, newEmail="ada@new.example", password=PASSWORD) == {
        "__typename": "SignUpReceipt",
        "email": "ada@new.example",
    }
    assert api.act(VERIFY, key=last_key("ada@new.example"))["user"] == {"email": "ada@new.example"}


@pytest.mark.django_db(transaction=True)
def test_a_lost_device_is_logged_out_by_its_id(api_as: Callable[[User], Api], ada: User) -> None:
    services.begin_session(user=ada, device_name="Lost phone")
    api = api_as(ada)
    lost = next(one for one in api.ask(SESSIONS)["me"]["sessions"] if one["deviceName"] == "Lost phone")
    assert api.act(END, sessionId=lost["id"])["sessionsEnded"] == 1
    assert [one["isCurrent"] for one in api.ask(SESSIONS)["me"]["sessions"]] == [True]
    assert api.act(END, sessionId=lost["id"])["sessionsEnded"] == 0
    assert codes(api_as(UserFactory()).act(END, sessionId=lost["id"])) == ["NOT_FOUND"]


@pytest.mark.parametrize(
    ("document", "given"),
    [
        (CHANGE, {"currentPassword": PASSWORD, "newPassword": NEW}),
        (CHANGE_EMAIL, {"newEmail": "ada@new.example", "password": PASSWORD}),
        (END, {"sessionId": "VXNlclNlc3Npb246MQ=="}),
    ],
)
def test_a_stranger_is_asked_to_log_in(api: Api, document: str, given: dict[str, str]) -> None:
    assert codes(api.act(document, **given)) == ["UNAUTHENTICATED"]
    assert not EmailChange.objects.exists()


@pytest.mark.parametrize("email", ["", "nobody", "a@b.c\r\nBcc: x@example.org"])
def test_an_address_that_is_none_is_refused(api: Api, email: str) -> None:
    assert [one["field"] for one in api.act(ASK, email=email)["messages"]] == ["email"]
    assert not PasswordReset.objects.exists()
