"""Signing up: the same answer for new and known addresses, and an account that needs its mail."""

from __future__ import annotations

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
INPUT = {
    "email": "Ada@Example.org",
    "password": "correct horse battery",
    "displayName": "Ada",
    "userType": "VOLUNTEER",
    "zipCode": "94110",
}


@pytest.mark.django_db(transaction=True)
def test_signing_up_makes_an_account_and_mails_the_key(api: Api) -> None:
    assert api.act(SIGN_UP, **INPUT) == {"__typename": "SignUpReceipt", "email": "ada@example.org"}
    user = User.objects.get()
    assert (user.email, user.is_email_verified, user.profile.bio) == ("ada@example.org", False, "")
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    assert "?key=" in mail.outbox[0].body
