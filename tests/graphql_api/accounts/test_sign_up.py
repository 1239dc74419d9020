"""Signing up: the same answer for new and known addresses, and an account that needs its mail."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from domains.accounts.models import User
from tests.api import Api, codes

SIGN_UP = """
mutation SignUp($input: SignUpInput!) {
  signUp(input: $input) {
    __typename ... on SignUpReceipt { email } ... on OperationInfo { messages { kind code field message } }
  }
}
"""
VERIFY = """
mutation VerifyEmail($input: VerifyEmailInput!) {
  verifyEmail(input: $input) {
    __typename
    ... on AuthSession { accessToken refreshToken user { email displayName isEmailVerified zipCode } }
    ... on OperationInfo { messages { kind code field message } }
  }
}
"""
ADA = {
    "email": "Ada@Example.org",
    "password": "correct horse battery",
    "displayName": "Ada",
    "userType": "VOLUNTEER",
    "zipCode": "94110",
}


def key_in_mail() -> str:
    found = re.search(r"\?key=(\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


@pytest.mark.django_db(transaction=True)
def test_signing_up_makes_an_account_and_mails_the_key(api: Api) -> None:
    assert api.act(SIGN_UP, **ADA) == {"__typename": "SignUpReceipt", "email": "ada@example.org"}
    user = User.objects.get()
    assert (user.email, user.is_email_verified, user.profile.bio) == ("ada@example.org", False, "")
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    assert key_in_mail() in mail.outbox[0].body


@pytest.mark.django_db(transaction=True)
def test_the_key_from_the_mail_proves_the_address_and_begins_a_session_once(api: Api) -> None:
    api.act(SIGN_UP, **ADA)
    key = key_in_mail()
    session = api.act(VERIFY, key=key)
    assert session["user"] == {
        "email": "ada@example.org",
        "displayName": "Ada",
        "isEmailVerified": True,
        "zipCode": "94110",
    }
    assert codes(api.act(VERIFY, key=key)) == ["EXPIRED"]


@pytest.mark.django_db(transaction=True)
def test_a_known_address_gets_the_same_answer_and_its_owner_a_mail(api: Api) -> None:
    api.act(SIGN_UP, **ADA)
    api.act(VERIFY, key=key_in_mail())
    again = api.act(SIGN_UP, **{**ADA, "email": "ada@example.org", "password": "another long password"})
    assert again == {"__typename": "SignUpReceipt", "email": "ada@example.org"}
    assert User.objects.count() == 1
    assert mail.outbox[-1].subject == "You have an account already"


@pytest.mark.django_db(transaction=True)
def test_an_unproved_address_that_signs_up_again_gets_a_new_key(api: Api) -> None:
    api.act(SIGN_UP, **ADA)
    api.act(SIGN_UP, **ADA)
    assert len(mail.outbox) == 2
    assert api.act(VERIFY, key=key_in_mail())["__typename"] == "AuthSession"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"email": "no address"}, [("INVALID", "email")]),
        ({"email": "a@b.example\r\nBcc: x@example.org"}, [("INVALID", "email")]),
        ({"email": "a" * 300 + "@example.org"}, [("TOO_LONG", "email")]),
        ({"displayName": "  "}, [("REQUIRED", "displayName")]),
        ({"displayName": "x" * 81}, [("TOO_LONG", "displayName")]),
        ({"zipCode": "9411"}, [("INVALID", "zipCode")]),
        ({"password": "short"}, [("TOO_SHORT", "password")]),
        ({"password": "password1234"}, [("INVALID", "password")]),
        ({"password": "x" * 257}, [("TOO_LONG", "password")]),
        ({"email": "", "displayName": "", "password": ""}, None),
    ],
)
def test_bad_values_are_refused_all_at_once_and_change_nothing(api: Api, change, expected) -> None:
    refused = api.act(SIGN_UP, **{**ADA, **change})
    problems = [(message["code"], message["field"]) for message in refused["messages"]]
    if expected is None:
        assert {field for _, field in problems} == {"email", "displayName", "password"}
    else:
        assert set(problems) == set(expected)
    assert not User.objects.exists()
    assert not mail.outbox


def test_sixty_four_emoji_and_outer_spaces_are_a_password_as_typed(api: Api) -> None:
    assert api.act(SIGN_UP, **{**ADA, "password": "  " + "🦊" * 64})["__typename"] == "SignUpReceipt"
    assert User.objects.get().check_password("  " + "🦊" * 64)


def test_a_forged_key_is_refused(api: Api) -> None:
    assert codes(api.act(VERIFY, key="MQ:1vabcd:forged")) == ["EXPIRED"]
