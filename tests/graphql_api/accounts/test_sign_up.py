"""`signUp` on the wire: the same answer for new and known addresses; what is wrong is said all at once."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from domains.accounts.models import User
from tests.api import Api
from tests.factories import UserFactory

SIGN_UP = """
mutation SignUp($input: SignUpInput!) {
  signUp(input: $input) {
    __typename ... on SignUpReceipt { email } ... on OperationInfo { messages { kind code field message } }
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


@pytest.mark.django_db(transaction=True)
def test_signing_up_makes_an_account_and_mails_the_key(api: Api) -> None:
    assert api.act(SIGN_UP, **ADA) == {"__typename": "SignUpReceipt", "email": "ada@example.org"}
    user = User.objects.get()
    assert (user.email, user.is_email_verified, user.profile.bio) == ("ada@example.org", False, "")
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    assert re.search(r"\?key=(\S+)", str(mail.outbox[0].body))


@pytest.mark.django_db(transaction=True)
def test_a_known_address_gets_the_same_answer_and_its_owner_a_mail(api: Api) -> None:
    UserFactory(email="ada@example.org")
    again = api.act(SIGN_UP, **{**ADA, "password": "another long password"})
    assert again == {"__typename": "SignUpReceipt", "email": "ada@example.org"}
    assert User.objects.count() == 1
    assert mail.outbox[-1].subject == "You have an account already"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"email": "no address"}, [("INVALID", "email")]),
        ({"email": "a@b.example\r\nBcc: x@example.org"}, [("INVALID", "email")]),
        ({"email": "a" * 300 + "@example.org"}, [("TOO_LONG", "email")]),
        ({"displayName": "  "}, [("REQUIRED", "displayName")]),
        ({"displayName": "x" * 81}, [("TOO_LONG", "displayName")]),
        ({"displayName": "\u202e\u202e"}, [("INVALID", "displayName")]),
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
